/**
 * Invented people, any number of them, the same for the same seed. The demo takes 5 000; benchmarks make files of a million rows
 * from the same generator, one at a time, so it keeps nothing.
 */
import type { ContactFields, ContactStage, LegalBasis } from '#contract';
import { foldWords } from '#ukraine';
import { positions } from './firms.ts';
import type { DemoCompany } from './make-companies.ts';
import { demoAddress, makeDemoCompany, makeAmount } from './make-companies.ts';
import { femaleNames, maleNames, surnames } from './names.ts';
import { phoneOf } from './phones.ts';
import type { Random } from './random.ts';
import { randomOf } from './random.ts';
import { houses, nextSteps, notes, sources, tags } from './texts.ts';

export type DemoContact = {
  fields: Omit<ContactFields, 'ownerId' | 'departmentId' | 'companyId'>;
  /** Number of the firm (see `makeDemoCompany`), and its code. */
  company: number | null;
  companyEdrpou: string;
  createdAt: Date;
};

/** One firm for so many contacts. */
export const contactsPerCompany = 25 / 3;
const dayMillis = 86_400_000;

const stages: readonly (readonly [ContactStage, number])[] = [
  ['new', 22],
  ['contacted', 24],
  ['qualified', 14],
  ['customer', 32],
  ['inactive', 8],
];

/** `count` contacts. `today` is what next steps lie around; its time of day plays no part. */
export function* makeDemoContacts(count: number, seed: number, today: Date = new Date()): Generator<DemoContact> {
  const companies = Math.max(1, Math.round(count / contactsPerCompany));
  for (let number = 0; number < count; number += 1) yield makeContact(number, seed, startOfDay(today), companies);
}

function makeContact(number: number, seed: number, today: Date, companies: number): DemoContact {
  const random = randomOf(seed, number);
  const name = makeName(random);
  const company = random.chance(0.72) ? random.below(companies) : null;
  const firm = company === null ? null : makeDemoCompany(company, seed, today);
  const stage = random.weighted(stages);
  const daysAgo = Math.floor(random.below(730) * (random.below(1000) / 1000)); // more of late than long ago
  const createdAt = new Date(today.getTime() - daysAgo * dayMillis - (1 + random.below(9 * 60)) * 60_000);
  const { legalBasis, consentGivenOn } = makeBasis(random, stage, createdAt);
  const fields = {
    lastName: name.last,
    firstName: name.first,
    middleName: random.chance(0.7) ? name.middle : '',
    phones: makePhones(random, number),
    emails: random.chance(0.68) ? [{ address: makeEmail(random, name, number, firm), label: '' }] : [],
    position: firm !== null && random.chance(0.8) ? random.pick(positions)[name.woman ? 1 : 0] : '',
    companyName: firm?.fields.name ?? '',
    address: random.chance(0.5) ? demoAddress(random, true) : '',
    birthday: random.chance(0.25)
      ? day(new Date(Date.UTC(1955 + random.below(50), random.below(12), 1 + random.below(28))))
      : null,
    source: random.weighted(sources),
    stage,
    tags: makeTags(random),
    notes: random.chance(0.4) ? random.pick(notes) : '',
    legalBasis,
    consentGivenOn,
    ...makeNextStep(random, stage, today),
    expectedAmount: makeAmount(random, stage),
  };
  return { fields, company, companyEdrpou: firm?.fields.edrpou ?? '', createdAt };
}

type Name = { last: string; first: string; middle: string; woman: boolean };

function makeName(random: Random): Name {
  const woman = random.chance(0.54);
  const [, son, daughter] = random.pick(maleNames);
  const surname = random.pick(surnames);
  return woman
    ? { last: surname[1], first: random.pick(femaleNames), middle: daughter, woman }
    : { last: surname[0], first: random.pick(maleNames)[0], middle: son, woman };
}

function makePhones(random: Random, number: number): ContactFields['phones'] {
  const own = [{ number: phoneOf(number * 2), label: random.chance(0.3) ? 'моб.' : '' }];
  return random.chance(0.14) ? [...own, { number: phoneOf(number * 2 + 1), label: 'робочий' }] : own;
}

/** The number keeps addresses apart: two people of one name are not one client. */
function makeEmail(random: Random, name: Name, number: number, firm: DemoCompany | null): string {
  const [first = 'x', last = 'x'] = [name.first, name.last].map((part) =>
    foldWords(part)
      .join('')
      .replace(/[^a-z0-9]/g, ''),
  );
  const domain = firm !== null && random.chance(0.6) ? firm.domain : `${random.pick(houses)}.example`;
  return `${random.chance(0.5) ? `${first}.${last}` : `${last}.${first[0]}`}${number}@${domain}`;
}

function makeTags(random: Random): string[] {
  const count = random.weighted([
    [0, 40],
    [1, 38],
    [2, 17],
    [3, 5],
  ]);
  return [...new Set(Array.from({ length: count }, () => random.weighted(tags)))];
}

function makeBasis(
  random: Random,
  stage: ContactStage,
  createdAt: Date,
): { legalBasis: LegalBasis; consentGivenOn: string | null } {
  const legalBasis = random.weighted<LegalBasis>(
    stage === 'customer'
      ? [
          ['contract', 70],
          ['consent', 24],
          ['legal-duty', 6],
        ]
      : [
          ['consent', 55],
          ['legitimate-interest', 20],
          ['unknown', 25],
        ],
  );
  return { legalBasis, consentGivenOn: legalBasis === 'consent' ? day(createdAt) : null };
}

function makeNextStep(
  random: Random,
  stage: ContactStage,
  today: Date,
): Pick<ContactFields, 'nextStepOn' | 'nextStepText'> {
  const share = stage === 'inactive' ? 0.03 : stage === 'customer' ? 0.25 : 0.55;
  if (!random.chance(share)) return { nextStepOn: null, nextStepText: '' };
  const inDays = random.below(24) - 6; // some are overdue
  return { nextStepOn: day(new Date(today.getTime() + inDays * dayMillis)), nextStepText: random.pick(nextSteps) };
}

const day = (at: Date) => at.toISOString().slice(0, 10);

function startOfDay(at: Date): Date {
  return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()));
}
