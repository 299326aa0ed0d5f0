/** One act on many clients at once: all of them or none. */
import Type from 'typebox';
import { contactStages } from '../records/contact.ts';
import { CompanyFilters, ContactFilters } from './contacts.ts';
import type { RouteTable } from './route.ts';
import { oneOf, Uuid } from './shapes.ts';

const closed = { additionalProperties: false };
/** Clients in one act. */
export const bulkRecordsMax = 1000;

const Tag = Type.String({ minLength: 1, maxLength: 60 });
const Tags = Type.Array(Tag, { maxItems: 30, default: [] });
/** What can be done with many at once; what differs from client to client (names, phones) cannot. */
const BulkAct = Type.Union([
  Type.Object({ do: Type.Literal('reassign'), ownerId: Uuid }, closed),
  Type.Object({ do: Type.Literal('stage'), stage: oneOf(contactStages) }, closed),
  Type.Object({ do: Type.Literal('tags'), add: Type.Optional(Tags), remove: Type.Optional(Tags) }, closed),
  Type.Object({ do: Type.Literal('archive') }, closed),
  Type.Object({ do: Type.Literal('restore') }, closed),
]);
const bodyOf = (filters: Record<string, Type.TSchema>) =>
  Type.Object(
    {
      act: BulkAct,
      /** Chosen one by one, each as it was seen. */
      records: Type.Optional(
        Type.Array(Type.Object({ id: Uuid, version: Type.Integer({ minimum: 1 }) }, closed), {
          minItems: 1,
          maxItems: bulkRecordsMax,
        }),
      ),
      /** Or everything that a list shows, when it is as many as was seen. */
      list: Type.Optional(
        Type.Object(
          { filters: Type.Object(filters, closed), expected: Type.Integer({ minimum: 1, maximum: bulkRecordsMax }) },
          closed,
        ),
      ),
    },
    closed,
  );
const Done = Type.Object({
  changed: Type.Integer(),
  /** Stood so already. */
  unchanged: Type.Integer(),
});

export const bulkRoutes = {
  'POST /api/v1/contacts/bulk': {
    permission: 'contact.bulk',
    summary: 'One act on many contacts: all or none; a refusal names each contact that stands in the way',
    body: bodyOf(ContactFilters),
    response: Done,
  },
  'POST /api/v1/companies/bulk': {
    permission: 'company.bulk',
    summary: 'One act on many companies: all or none; a refusal names each company that stands in the way',
    body: bodyOf(CompanyFilters),
    response: Done,
  },
} as const satisfies RouteTable;

export type BulkActValue = Type.Static<typeof BulkAct>;
/** Why a client stood in the way. */
export type BulkRefusal = { id: string; code: string };
