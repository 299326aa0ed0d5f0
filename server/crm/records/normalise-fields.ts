/**
 * What people type becomes what is kept: texts trimmed and composed (NFC), phones in E.164, e-mails and codes checked, dates
 * real. The first fault names its field; nothing is silently dropped.
 */
import type { Email, ErrorCode, FieldDeclaration, Phone } from '#contract';
import { LubartError } from '#kernel';
import { parseEdrpou, parseEmail } from '#ukraine';
import { parsePhone } from '#ukraine/phone-abroad';
import type { Fields, RecordKind } from './kind.ts';

/** Characters of one tag, as in the contract. */
const tagCharsMax = 60;

/**
 * The given fields, normalised. Unknown names are refused by the schema before; here every value is checked.
 * @throws field.* with the path of the field
 */
export function normaliseFields(kind: RecordKind, given: Fields, path: string): Fields {
  const clean: Fields = {};
  for (const [name, value] of Object.entries(given)) {
    const declared = Object.hasOwn(kind.declaration.fields, name) ? kind.declaration.fields[name] : undefined;
    if (declared === undefined) throw new LubartError('request.invalid', { field: join(path, name) });
    clean[name] = normaliseValue(declared, value, join(path, name));
  }
  return clean;
}

/** One value of one declared field. */
export function normaliseValue(declared: FieldDeclaration, value: unknown, path: string): unknown {
  switch (declared.kind) {
    case 'line':
      return withinMax(oneLine(value as string), declared.max, path);
    case 'text':
      return withinMax(composed(value as string).trim(), declared.max, path);
    case 'url':
      return withinMax(webAddress(oneLine(value as string)), declared.max, path);
    case 'edrpou':
      return edrpou(value as string, path);
    case 'phones':
      return withinCount(phones(value as Partial<Phone>[], path), declared.max, path);
    case 'emails':
      return withinCount(emails(value as Partial<Email>[], path), declared.max, path);
    case 'date':
      return date(value as string | null, path);
    case 'money':
      return money(value as string | null, declared.max, path);
    case 'choice':
      return choice(declared, value as string, path);
    case 'tags':
      return withinCount(tags(value as string[], path), declared.max, path);
    case 'person':
    case 'department':
    case 'company':
      return value === '' ? null : value;
  }
}

const join = (path: string, name: string | number) => (path === '' ? String(name) : `${path}.${name}`);
const refuse = (code: ErrorCode, field: string, details?: Record<string, number>) =>
  new LubartError(code, details === undefined ? { field } : { field, details });

/** Composed, and without what no field may hold: control characters (U+0000 would not even reach the database). */
function composed(text: string): string {
  return text.normalize('NFC').replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u2028\u2029\ud800-\udfff]/gu, '');
}

function oneLine(text: string): string {
  return composed(text).replace(/\s+/gu, ' ').trim();
}

function withinMax(text: string, max: number, path: string): string {
  if (text.length > max && [...text].length > max) throw refuse('field.too_long', path, { max });
  return text;
}

function withinCount<T>(list: T[], max: number, path: string): T[] {
  if (list.length > max) throw refuse('field.too_many', path, { max });
  return list;
}

function tags(list: readonly string[], path: string): string[] {
  const clean = list.map((tag, at) => withinMax(oneLine(tag), tagCharsMax, `${path}.${at}`));
  return [...new Set(clean.filter((tag) => tag !== ''))];
}

function webAddress(text: string): string {
  if (text === '' || /^https?:\/\//i.test(text)) return text;
  return /^[\w-]+:/.test(text) && !/^[\w.-]+:\d/.test(text) ? '' : `https://${text}`; // javascript: and its kin go nowhere
}

function edrpou(text: string, path: string): string {
  if (text.trim() === '') return '';
  const code = parseEdrpou(text);
  if (code === null) throw refuse('field.edrpou_invalid', path);
  return code;
}

function phones(list: Partial<Phone>[], path: string): Phone[] {
  const byNumber = new Map<string, Phone>();
  for (const [at, phone] of list.entries()) {
    if ((phone.number ?? '').trim() === '') continue;
    const parsed = parsePhone(phone.number!);
    if (parsed === null) throw refuse('field.phone_invalid', `${path}.${at}.number`);
    const label = oneLine(phone.label ?? '') || (parsed.extension === undefined ? '' : `#${parsed.extension}`);
    if (!byNumber.has(parsed.number)) byNumber.set(parsed.number, { number: parsed.number, label });
  }
  return [...byNumber.values()];
}

function emails(list: Partial<Email>[], path: string): Email[] {
  const byAddress = new Map<string, Email>();
  for (const [at, email] of list.entries()) {
    if ((email.address ?? '').trim() === '') continue;
    const address = parseEmail(email.address!);
    if (address === null) throw refuse('field.email_invalid', `${path}.${at}.address`);
    if (!byAddress.has(address)) byAddress.set(address, { address, label: oneLine(email.label ?? '') });
  }
  return [...byAddress.values()];
}

function date(text: string | null, path: string): string | null {
  if (text === null || text === '') return null;
  const [year, month, day] = text.split('-').map(Number) as [number, number, number];
  const moment = new Date(Date.UTC(year, month - 1, day));
  const real = moment.getUTCFullYear() === year && moment.getUTCMonth() === month - 1 && moment.getUTCDate() === day;
  if (!real || year < 1) throw refuse('field.date_invalid', path);
  return text;
}

/** As people write it: `12 500,50`, `12500.5 грн`, `12.500,50`. The last separator of one or two digits is that of kopiykas. */
function money(text: string | null, digitsMax: number, path: string): string | null {
  const plain = (text ?? '').replace(/(?:грн\.?|₴|uah)\s*$/iu, '').replace(/[\s'’_]/gu, '');
  if (plain === '') return null;
  const parts = /^(\d{1,3}(?:[.,]\d{3})+|\d+)(?:[.,](\d{1,2}))?$/.exec(plain);
  if (parts === null) throw refuse('field.amount_invalid', path);
  const whole = parts[1]!.replace(/[.,]/g, '').replace(/^0+(?=\d)/, '');
  if (whole.length > digitsMax) throw refuse('field.amount_invalid', path);
  return `${whole}.${(parts[2] ?? '').padEnd(2, '0')}`;
}

function choice(declared: FieldDeclaration, value: string, path: string): string {
  if (!(declared.choices ?? []).includes(value)) throw refuse('field.unknown_choice', path);
  return value;
}
