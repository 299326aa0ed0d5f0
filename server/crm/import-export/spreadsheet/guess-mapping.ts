/**
 * Guesses which column of a spreadsheet feeds which field: by its heading, and where the heading is silent, by what the
 * values look like. A guess is shown to a person before anything is read, so it says how sure it is.
 */
import type { CompanyImportField, ContactImportField, ImportKind } from '#contract';
import { guessProduct, type Product } from './guess-product.ts';
import { findHeading, type Meaning } from './headings.ts';
import { looksLikeDate, looksLikeEdrpou, looksLikeEmail, looksLikePhone, looksLikeSite } from './looks-like.ts';
import { looksLikeFullName } from './split-name.ts';

export type ImportField = ContactImportField | CompanyImportField;
export type Confidence = 'sure' | 'likely' | 'none';
export type ColumnGuess = { index: number; heading: string; field: ImportField | null; confidence: Confidence };
export type MappingGuess = { product: Product; columns: ColumnGuess[] };
export type MappingQuestion = {
  kind: ImportKind;
  /** The heading row; for a file without one as many '' as there are columns. */
  headings: readonly string[];
  /** Some rows of values. */
  samples?: readonly (readonly string[])[];
};

/** Fields that several columns may feed: lists are put together, texts joined (address by `, `, notes by a line end). */
export const sharedFields: readonly ImportField[] = ['phones', 'emails', 'tags', 'address', 'notes'];

type Guess = { meaning: Meaning; confidence: 'sure' | 'likely' };

const contactFieldOf: Partial<Record<Meaning, ContactImportField>> = {
  lastName: 'lastName',
  firstName: 'firstName',
  middleName: 'middleName',
  fullName: 'fullName',
  name: 'fullName',
  phones: 'phones',
  emails: 'emails',
  position: 'position',
  companyName: 'companyName',
  edrpou: 'companyEdrpou',
  address: 'address',
  addressPart: 'address',
  birthday: 'birthday',
  source: 'source',
  ownerName: 'ownerName',
  departmentName: 'departmentName',
  stage: 'stage',
  expectedAmount: 'expectedAmount',
  tags: 'tags',
  notes: 'notes',
  legalBasis: 'legalBasis',
  consentGivenOn: 'consentGivenOn',
  nextStepOn: 'nextStepOn',
  nextStepText: 'nextStepText',
};
const companyFieldOf: Partial<Record<Meaning, CompanyImportField>> = {
  name: 'name',
  companyName: 'name',
  fullName: 'name',
  edrpou: 'edrpou',
  taxNumber: 'edrpou',
  address: 'address',
  addressPart: 'address',
  phones: 'phones',
  emails: 'emails',
  site: 'site',
  ownerName: 'ownerName',
  departmentName: 'departmentName',
  stage: 'stage',
  expectedAmount: 'expectedAmount',
  tags: 'tags',
  notes: 'notes',
};

/** One guess a column, in order. A field that holds one value is given to the surest column, the leftmost of equals. */
export function guessMapping({ kind, headings, samples = [] }: MappingQuestion): MappingGuess {
  const product = guessProduct(headings);
  const guesses = headings.map((heading, i) => guessColumn(heading, valuesOf(samples, i), kind));
  if (product !== 'unknown') settleDepartments(guesses);
  if (kind === 'contacts') settleNames(guesses, samples);
  settleCompanyNames(guesses, kind);
  settleAddresses(guesses);
  const fields: Partial<Record<Meaning, ImportField>> = kind === 'contacts' ? contactFieldOf : companyFieldOf;
  const columns = headings.map((heading, index): ColumnGuess => {
    const guess = guesses[index];
    const field = guess === undefined ? null : (fields[guess.meaning] ?? null);
    return { index, heading, field, confidence: field === null ? 'none' : guess!.confidence };
  });
  keepOneColumnEach(columns);
  return { product, columns };
}

function guessColumn(heading: string, values: string[], kind: ImportKind): Guess | undefined {
  const found = findHeading(heading);
  const seen = guessByValues(values, kind);
  if (found === undefined) return seen === undefined ? undefined : { meaning: seen, confidence: 'likely' };
  // A heading that its own values contradict: what lies in the column counts.
  const { meaning } = found;
  if ((meaning === 'phones' && seen === 'emails') || (meaning === 'emails' && seen === 'phones')) {
    return { meaning: seen, confidence: 'likely' };
  }
  return { meaning, confidence: found.sure ? 'sure' : 'likely' };
}

/** Most values must agree; a few mistakes and empty cells do no harm. */
function guessByValues(values: string[], kind: ImportKind): Meaning | undefined {
  if (values.length === 0) return undefined;
  const most = (looksRight: (value: string) => boolean) => values.filter(looksRight).length >= values.length * 0.7;
  if (most(looksLikeEmail)) return 'emails';
  if (most(looksLikeEdrpou)) return 'edrpou';
  if (most(looksLikePhone)) return 'phones';
  if (kind === 'companies') return most(looksLikeSite) ? 'site' : undefined;
  if (most((value) => looksLikeDate(value) && /19\d\d|200\d|\d\D\d\d$/.test(value))) return 'birthday';
  return most(looksLikeFullName) ? 'fullName' : undefined;
}

/** In the export of another product a department or team is the client’s own or that product’s, not ours. */
function settleDepartments(guesses: (Guess | undefined)[]): void {
  for (let i = 0; i < guesses.length; i++) if (guesses[i]?.meaning === 'departmentName') guesses[i] = undefined;
}

/** A full name beside its parts is the same name twice; a lone «Ім’я» with two words in it is a full name. */
function settleNames(guesses: (Guess | undefined)[], samples: MappingQuestion['samples'] = []): void {
  const at = (meaning: Meaning) => guesses.findIndex((guess) => guess?.meaning === meaning);
  const [last, first] = [at('lastName'), at('firstName')];
  if (last >= 0 && first >= 0) {
    for (let i = 0; i < guesses.length; i++) {
      const meaning = guesses[i]?.meaning;
      if (meaning === 'fullName' || meaning === 'name') guesses[i] = undefined;
    }
  } else if (first >= 0 && last < 0 && at('fullName') < 0 && at('name') < 0) {
    const values = valuesOf(samples, first);
    const isFull = values.length > 0 && values.filter((value) => /\S\s+\S/.test(value)).length > values.length / 2;
    if (isFull) guesses[first] = { meaning: 'fullName', confidence: 'likely' };
  }
}

/** In a list of companies «Контакт» is a person beside the company, as long as something else is the name. */
function settleCompanyNames(guesses: (Guess | undefined)[], kind: ImportKind): void {
  if (kind !== 'companies') return;
  const hasName = guesses.some((guess) => guess?.meaning === 'name' || guess?.meaning === 'companyName');
  for (let i = 0; i < guesses.length; i++) {
    if (guesses[i]?.meaning === 'fullName')
      guesses[i] = hasName ? undefined : { meaning: 'fullName', confidence: 'likely' };
  }
}

/** The whole address makes its street and town superfluous. */
function settleAddresses(guesses: (Guess | undefined)[]): void {
  if (!guesses.some((guess) => guess?.meaning === 'address')) return;
  for (let i = 0; i < guesses.length; i++) if (guesses[i]?.meaning === 'addressPart') guesses[i] = undefined;
}

function keepOneColumnEach(columns: ColumnGuess[]): void {
  const bySureness = columns.toSorted((a, b) => Number(b.confidence === 'sure') - Number(a.confidence === 'sure'));
  const given = new Set<ImportField>();
  for (const column of bySureness) {
    if (column.field === null || sharedFields.includes(column.field)) continue;
    if (given.has(column.field)) {
      column.field = null;
      column.confidence = 'none';
    } else given.add(column.field);
  }
}

function valuesOf(samples: readonly (readonly string[])[], column: number): string[] {
  return samples.map((row) => (row[column] ?? '').trim()).filter((value) => value !== '');
}
