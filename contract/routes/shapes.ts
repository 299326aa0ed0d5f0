/** Shapes that many routes share. TypeBox values: validation, types, fast serialisation and OpenAPI from one source. */
import Type from 'typebox';
import type { CompanyFields } from '../records/company.ts';
import { company } from '../records/company.ts';
import type { ContactFields } from '../records/contact.ts';
import { contact } from '../records/contact.ts';
import type { FieldDeclaration, RecordDeclaration } from '../records/record.ts';
import { permissions, readyRoles, scopes, shareRights } from '../permissions.ts';

export const Uuid = Type.String({
  pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
  description: 'UUID in lower case',
});
export const Instant = Type.String({ format: 'date-time', description: 'UTC, RFC 3339' });
export const Day = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', description: 'YYYY-MM-DD' });
export const Cursor = Type.String({ maxLength: 2000, description: 'Opaque; taken from `next` of the page before' });
export const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
export const oneOf = <const T extends readonly string[]>(values: T) =>
  Type.Unsafe<T[number]>(Type.String({ enum: [...values] }));

/** What can be asked of a person besides the password. */
export const factorKinds = ['totp', 'passkey', 'sms', 'recovery'] as const;
export type FactorKind = (typeof factorKinds)[number];
export const FactorKindName = oneOf(factorKinds);

/** A role as people’s lists show it. `key` names a ready one; null: made by the organization. */
export const RoleMark = Type.Object({ id: Uuid, key: Nullable(oneOf(readyRoles)), name: Type.String() });
/** Which roles somebody is given: ids, or the keys of ready roles. */
export const RoleReferences = Type.Array(
  Type.String({ minLength: 1, maxLength: 36, description: 'id of a role, or the key of a ready one' }),
  { minItems: 1, maxItems: 20 },
);
export const ScopeName = oneOf(scopes);
export const PermissionName = oneOf(permissions);

const Phone = Type.Object(
  {
    number: Type.String({ maxLength: 60, description: 'E.164 in answers; any spelling is understood in requests' }),
    label: Type.Optional(Type.String({ maxLength: 40 })),
  },
  { additionalProperties: false },
);
const Email = Type.Object(
  { address: Type.String({ maxLength: 254 }), label: Type.Optional(Type.String({ maxLength: 40 })) },
  { additionalProperties: false },
);

/** The schema of one declared field. */
export function fieldSchema(field: FieldDeclaration): Type.TSchema {
  switch (field.kind) {
    case 'line':
    case 'text':
    case 'url':
      return Type.String({ maxLength: field.max });
    case 'edrpou':
      return Type.String({ maxLength: 20, description: 'ЄДРПОУ (8 digits) or РНОКПП (10 digits); empty when unknown' });
    case 'phones':
      return Type.Array(Phone, { maxItems: field.max });
    case 'emails':
      return Type.Array(Email, { maxItems: field.max });
    case 'date':
      return Nullable(Day);
    case 'money':
      return Nullable(
        Type.String({ maxLength: 40, description: 'Hryvnias: 1200.50; any spelling is understood in requests' }),
      );
    case 'choice':
      return Type.String({ enum: [...(field.choices ?? [])] });
    case 'tags':
      return Type.Array(Type.String({ minLength: 1, maxLength: 60 }), { maxItems: field.max });
    case 'person':
    case 'department':
    case 'company':
      return Nullable(Uuid);
  }
}

function fieldSchemas(record: RecordDeclaration, optional: boolean): Record<string, Type.TSchema> {
  return Object.fromEntries(
    Object.entries(record.fields).map(([name, field]) => {
      const schema = fieldSchema(field);
      return [name, optional ? Type.Optional(schema) : schema];
    }),
  );
}

const recordHead = {
  id: Uuid,
  version: Type.Integer({ minimum: 1, description: 'Grows by one with every change; send it back when you change' }),
  createdAt: Instant,
  updatedAt: Instant,
  archivedAt: Nullable(Instant),
};

/** What the actor may do with this very record. */
export const Abilities = Type.Object({
  update: Type.Boolean(),
  archive: Type.Boolean(),
  reassign: Type.Boolean(),
  share: Type.Boolean(),
});

/** The actor sees this record because a colleague shared it; absent when it is within reach anyway. */
export const SharedMark = Type.Object({ byId: Uuid, right: oneOf(shareRights), until: Instant });
export type SharedMarkView = Type.Static<typeof SharedMark>;
const shared = { shared: Type.Optional(SharedMark) };

export type RecordHead = {
  id: string;
  version: number;
  createdAt: string;
  updatedAt: string;
  archivedAt: string | null;
};
export type AbilitiesView = Type.Static<typeof Abilities>;

/** Fields that are not open to the actor: `masked` stands in its mask, `hidden` is left blank. */
export const Closed = Type.Record(Type.String(), oneOf(['masked', 'hidden'] as const));
export type ClosedView = Type.Static<typeof Closed>;
type Shared = { shared?: SharedMarkView };
export type ContactView = RecordHead & ContactFields & { abilities: AbilitiesView; closed: ClosedView } & Shared;
export type CompanyView = RecordHead & CompanyFields & { abilities: AbilitiesView; closed: ClosedView } & Shared;

/** In lists: everything but the long texts and the abilities. */
export type ContactRow = RecordHead & Omit<ContactFields, 'notes'> & Shared;
export type CompanyRow = RecordHead & Omit<CompanyFields, 'notes'> & Shared;

const withoutNotes = (fields: Record<string, Type.TSchema>) => {
  const { notes: _, ...rest } = fields;
  return rest;
};

export const ContactView = Type.Unsafe<ContactView>(
  Type.Object({ ...recordHead, ...fieldSchemas(contact, false), abilities: Abilities, closed: Closed, ...shared }),
);
export const ContactRow = Type.Unsafe<ContactRow>(
  Type.Object({ ...recordHead, ...withoutNotes(fieldSchemas(contact, false)), ...shared }),
);
export const CompanyView = Type.Unsafe<CompanyView>(
  Type.Object({ ...recordHead, ...fieldSchemas(company, false), abilities: Abilities, closed: Closed, ...shared }),
);
export const CompanyRow = Type.Unsafe<CompanyRow>(
  Type.Object({ ...recordHead, ...withoutNotes(fieldSchemas(company, false)), ...shared }),
);

/** What may be written: any subset of the declared fields. */
export const ContactChange = Type.Unsafe<Partial<ContactFields>>(
  Type.Object(fieldSchemas(contact, true), { additionalProperties: false }),
);
export const CompanyChange = Type.Unsafe<Partial<CompanyFields>>(
  Type.Object(fieldSchemas(company, true), { additionalProperties: false }),
);

/** One keyset page. `total` is exact up to `totalCap`, then it is the cap and means “that many and more”. */
export const pageOf = <T extends Type.TSchema>(row: T) =>
  Type.Object({
    rows: Type.Array(row),
    next: Nullable(Cursor),
    total: Type.Optional(Type.Integer()),
    totalCap: Type.Optional(Type.Integer()),
  });

export const Empty = Type.Object({}, { additionalProperties: false });
