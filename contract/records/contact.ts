/** A contact is one person a company knows: a client, a lead, somebody at a client’s office. */
import type { KindValue, RecordDeclaration } from './record.ts';
import { business, personal } from './record.ts';

export const contactStages = ['new', 'contacted', 'qualified', 'customer', 'inactive'] as const;
export type ContactStage = (typeof contactStages)[number];

/** Why the company may keep this person’s data (Law of Ukraine № 2297-VI, article 11; GDPR, article 6). */
export const legalBases = [
  'unknown',
  'consent',
  'contract',
  'legal-duty',
  'vital-interest',
  'public-task',
  'legitimate-interest',
] as const;
export type LegalBasis = (typeof legalBases)[number];

export const contact = {
  name: 'contact',
  table: 'contacts',
  fields: {
    lastName: personal('line', { search: 'words', max: 100 }),
    firstName: personal('line', { search: 'words', max: 100 }),
    middleName: personal('line', { search: 'words', max: 100 }),
    phones: personal('phones', { search: 'phone', mask: 'phone', max: 10 }),
    emails: personal('emails', { search: 'email', mask: 'email', max: 10 }),
    position: personal('line', { max: 200 }),
    companyId: business('company', { import: false }),
    companyName: personal('line', { search: 'words', max: 300 }),
    address: personal('line', { mask: 'hide', max: 500 }),
    birthday: personal('date', { mask: 'hide' }),
    source: personal('line', { max: 200 }),
    ownerId: business('person'),
    departmentId: business('department'),
    stage: business('choice', { choices: contactStages }),
    expectedAmount: business('money', { max: 12 }),
    tags: business('tags', { max: 30 }),
    notes: personal('text', { mask: 'hide', max: 10_000 }),
    legalBasis: business('choice', { choices: legalBases }),
    consentGivenOn: personal('date'),
    nextStepOn: business('date'),
    nextStepText: personal('line', { max: 300 }),
  },
} as const satisfies RecordDeclaration;

/** A contact’s fields as they travel: absent texts are '', absent lists are [], absent dates and references are null. */
export type ContactFields = {
  [Name in keyof typeof contact.fields]: KindValue[(typeof contact.fields)[Name]['kind']];
};
export type ContactField = keyof ContactFields;
