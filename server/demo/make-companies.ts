/**
 * Invented firms. Their codes have a right check digit and begin with 99 (firms) or 00 (persons), where no real code lies;
 * their sites end in .example (RFC 2606).
 */
import type { CompanyFields } from '#contract';
import { foldWords, isEdrpou, isRnokpp } from '#ukraine';
import { firstWords, forms, trades } from './firms.ts';
import { maleNames, surnames } from './names.ts';
import { streets, towns } from './places.ts';
import { phoneOf } from './phones.ts';
import type { Random } from './random.ts';
import { randomOf } from './random.ts';
import { notes } from './texts.ts';

export type DemoCompany = {
  fields: Omit<CompanyFields, 'ownerId' | 'departmentId'>;
  /** “styr-druk.example”. */
  domain: string;
  createdAt: Date;
};

const dayMillis = 86_400_000;
const pairs = firstWords.length * trades.length;

/** Firm number `number` (from 0): the same for the same seed, whoever asks. */
export function makeDemoCompany(number: number, seed: number, today: Date): DemoCompany {
  const random = randomOf(seed ^ 0x5f1e, number);
  const form = random.weighted(forms);
  // Every pair of words comes up once before any comes up again: 387 and 1 000 have no common divisor.
  const place = (number * 387) % pairs;
  const round = Math.floor(number / pairs);
  const first = firstWords[place % firstWords.length]!;
  const [trade, tag] = trades[Math.floor(place / firstWords.length)]!;
  const isPerson = form === 'ФОП';
  const name = isPerson
    ? `ФОП ${soleProprietor(random)}`
    : `${form} «${first}-${trade}${round === 0 ? '' : ` ${round + 1}`}»`;
  const slug = `${foldWords(`${first} ${trade}`).join('-')}${round === 0 ? '' : `-${round + 1}`}`.replace(
    /[^a-z0-9-]/g,
    '',
  );
  const domain = `${slug}.example`;
  const createdAt = new Date(today.getTime() - (30 + random.below(900)) * dayMillis - random.below(dayMillis));
  const fields = {
    name,
    edrpou: isPerson ? personCode(number) : firmCode(number),
    address: demoAddress(random, false),
    phones: [{ number: phoneOf(110_000 + (number % 10_000)), label: 'офіс' }],
    emails: [{ address: `info@${domain}`, label: '' }],
    site: random.chance(0.6) ? `https://${domain}` : '',
    stage: random.weighted([
      ['customer', 45],
      ['qualified', 15],
      ['contacted', 20],
      ['new', 12],
      ['inactive', 8],
    ]),
    tags: [tag, ...(random.chance(0.25) ? ['опт'] : [])],
    notes: random.chance(0.2) ? random.pick(notes) : '',
  };
  return { fields: { ...fields, expectedAmount: makeAmount(random, fields.stage) }, domain, createdAt };
}

/** Most clients bring little, few bring much: from tens of hryvnias to some hundred thousand. */
export function makeAmount(random: Random, stage: string): string | null {
  const share = stage === 'inactive' ? 0.1 : stage === 'new' ? 0.25 : 0.7;
  if (!random.chance(share)) return null;
  return `${Math.round(8 * 10 ** (random.below(4000) / 1000)) * 5}.00`;
}

/** A street, a house and a town by chance. */
export function demoAddress(random: Random, withFlat: boolean): string {
  const flat = withFlat && random.chance(0.6) ? `, кв. ${1 + random.below(90)}` : '';
  return `${random.pick(streets)}, ${1 + random.below(120)}${flat}, ${random.weighted(towns)}, Волинська обл.`;
}

function soleProprietor(random: Random): string {
  const [given, patronymic] = random.pick(maleNames);
  return `${random.pick(surnames)[0]} ${given} ${patronymic}`;
}

function firmCode(number: number): string {
  const body = `99${String(number % 100_000).padStart(5, '0')}`;
  return withCheckDigit(body, isEdrpou);
}

function personCode(number: number): string {
  return withCheckDigit(`00${String(number % 10_000_000).padStart(7, '0')}`, isRnokpp);
}

function withCheckDigit(body: string, isCode: (digits: string) => boolean): string {
  for (let digit = 0; digit < 10; digit += 1) if (isCode(`${body}${digit}`)) return `${body}${digit}`;
  return '';
}
