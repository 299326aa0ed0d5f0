import Type from 'typebox';
import { contactStages } from '../records/contact.ts';
import { exportAsked, PreparedExport } from './exports.ts';
import type { RouteTable } from './route.ts';
import {
  ContactChange,
  ContactRow,
  ContactView,
  Cursor,
  Day,
  oneOf,
  pageOf,
  Uuid,
  CompanyChange,
  CompanyRow,
  CompanyView,
} from './shapes.ts';

const Id = Type.Object({ id: Uuid });
const Version = Type.Integer({ minimum: 1 });

/** The filters that a list, a search and an export share. */
export const CompanyFilters = {
  stage: Type.Optional(oneOf(contactStages)),
  ownerId: Type.Optional(Uuid),
  departmentId: Type.Optional(Uuid),
  tag: Type.Optional(Type.String({ minLength: 1, maxLength: 60 })),
  createdFrom: Type.Optional(Day),
  createdTo: Type.Optional(Day),
  archived: Type.Optional(Type.Boolean({ description: 'true: only what is in the trash' })),
};
const Shared = { shared: Type.Optional(Type.Boolean({ description: 'true: only what colleagues shared with me' })) };
export const ContactFilters = {
  ...CompanyFilters,
  withoutNextStep: Type.Optional(Type.Boolean()),
  companyId: Type.Optional(Uuid),
};

export const listSorts = ['-created', 'created', '-updated', 'updated', 'name', '-name'] as const;
const Paging = {
  sort: Type.Optional(oneOf(listSorts)),
  cursor: Type.Optional(Cursor),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
  count: Type.Optional(Type.Boolean({ description: 'Also count, up to the cap' })),
};

export const ContactListQuery = Type.Object(
  { ...ContactFilters, ...Shared, ...Paging },
  { additionalProperties: false },
);
export const CompanyListQuery = Type.Object(
  { ...CompanyFilters, ...Shared, ...Paging },
  { additionalProperties: false },
);
export const FindBody = Type.Object(
  {
    text: Type.String({
      maxLength: 200,
      description: 'Name prefixes in any order and alphabet, digits of a phone, e-mail, company',
    }),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20 })),
    archived: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);
const found = <T extends Type.TSchema>(row: T) =>
  Type.Object({
    rows: Type.Array(row),
    more: Type.Boolean({ description: 'There are more hits than were looked at' }),
  });

const ExportBody = Type.Object(
  {
    ...exportAsked,
    filters: Type.Optional(Type.Object(ContactFilters, { additionalProperties: false })),
  },
  { additionalProperties: false },
);
const CompanyExportBody = Type.Object(
  {
    ...exportAsked,
    filters: Type.Optional(Type.Object(CompanyFilters, { additionalProperties: false })),
  },
  { additionalProperties: false },
);

export type ContactFiltersValue = Omit<Type.Static<typeof ContactListQuery>, 'sort' | 'cursor' | 'limit' | 'count'>;
export type CompanyFiltersValue = Omit<Type.Static<typeof CompanyListQuery>, 'sort' | 'cursor' | 'limit' | 'count'>;

export const contactRoutes = {
  'GET /api/v1/contacts': {
    permission: 'contact.read',
    summary: 'A page of contacts in the actor’s scope',
    query: ContactListQuery,
    response: pageOf(ContactRow),
  },
  'POST /api/v1/contacts/find': {
    permission: 'contact.read',
    summary: 'Find as you type; a POST so that names never stand in an address',
    body: FindBody,
    response: found(ContactRow),
  },
  'POST /api/v1/contacts': {
    permission: 'contact.create',
    summary: 'Create a contact',
    body: ContactChange,
    response: ContactView,
  },
  'GET /api/v1/contacts/:id': {
    permission: 'contact.read',
    summary: 'Open one contact',
    params: Id,
    response: ContactView,
  },
  'PATCH /api/v1/contacts/:id': {
    permission: 'contact.update',
    summary: 'Change fields of a contact; refused with both versions when somebody was faster',
    params: Id,
    body: Type.Object({ version: Version, changes: ContactChange }, { additionalProperties: false }),
    response: ContactView,
  },
  'POST /api/v1/contacts/:id/archive': {
    permission: 'contact.archive',
    summary: 'Put a contact into the trash',
    params: Id,
    response: ContactView,
  },
  'POST /api/v1/contacts/:id/restore': {
    permission: 'contact.archive',
    summary: 'Take a contact out of the trash',
    params: Id,
    response: ContactView,
  },
  'POST /api/v1/contacts/export': {
    permission: 'contact.export',
    summary: 'Prepare the filtered list as a file that is fetched once',
    body: ExportBody,
    response: PreparedExport,
  },
  'GET /api/v1/contact-tags': {
    permission: 'contact.read',
    summary: 'The tags in use',
    response: Type.Object({ tags: Type.Array(Type.String()) }),
  },
} as const satisfies RouteTable;

export const companyRoutes = {
  'GET /api/v1/companies': {
    permission: 'company.read',
    summary: 'A page of companies in the actor’s scope',
    query: CompanyListQuery,
    response: pageOf(CompanyRow),
  },
  'POST /api/v1/companies/find': {
    permission: 'company.read',
    summary: 'Find companies by name, ЄДРПОУ, phone or e-mail',
    body: FindBody,
    response: found(CompanyRow),
  },
  'POST /api/v1/companies': {
    permission: 'company.create',
    summary: 'Create a company',
    body: CompanyChange,
    response: CompanyView,
  },
  'GET /api/v1/companies/:id': {
    permission: 'company.read',
    summary: 'Open one company',
    params: Id,
    response: CompanyView,
  },
  'PATCH /api/v1/companies/:id': {
    permission: 'company.update',
    summary: 'Change fields of a company',
    params: Id,
    body: Type.Object({ version: Version, changes: CompanyChange }, { additionalProperties: false }),
    response: CompanyView,
  },
  'POST /api/v1/companies/:id/archive': {
    permission: 'company.archive',
    summary: 'Put a company into the trash',
    params: Id,
    response: CompanyView,
  },
  'POST /api/v1/companies/:id/restore': {
    permission: 'company.archive',
    summary: 'Take a company out of the trash',
    params: Id,
    response: CompanyView,
  },
  'POST /api/v1/companies/export': {
    permission: 'company.export',
    summary: 'Prepare the filtered list as a file that is fetched once',
    body: CompanyExportBody,
    response: PreparedExport,
  },
} as const satisfies RouteTable;
