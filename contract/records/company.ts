/** A company is a firm, an institution or a sole proprietor (ФОП) that is or may become a client. */
import { contactStages } from './contact.ts';
import type { KindValue, RecordDeclaration } from './record.ts';
import { business, personal } from './record.ts';

export const company = {
  name: 'company',
  table: 'companies',
  fields: {
    name: personal('line', { search: 'words', max: 300 }),
    edrpou: personal('edrpou', { search: 'code' }),
    address: personal('line', { max: 500 }),
    phones: personal('phones', { search: 'phone', mask: 'phone', max: 10 }),
    emails: personal('emails', { search: 'email', mask: 'email', max: 10 }),
    site: personal('url', { max: 300 }),
    ownerId: business('person'),
    departmentId: business('department'),
    stage: business('choice', { choices: contactStages }),
    expectedAmount: business('money', { max: 12 }),
    tags: business('tags', { max: 30 }),
    notes: personal('text', { mask: 'hide', max: 10_000 }),
  },
} as const satisfies RecordDeclaration;

export type CompanyFields = {
  [Name in keyof typeof company.fields]: KindValue[(typeof company.fields)[Name]['kind']];
};
export type CompanyField = keyof CompanyFields;
