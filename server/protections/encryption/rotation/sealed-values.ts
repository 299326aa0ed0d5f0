/**
 * Everything that an organization’s sealing key closes, table by table: keys of records, and what is the organization’s own. Rotation
 * goes through this list, and test/rotation.attack.test.ts holds it against every column of the database that holds bytes: whoever
 * adds a sealed column and forgets it here would lose it with the old key.
 */
export type SealedValue = {
  readonly table: string;
  /** The column that tells rows of one organization apart. */
  readonly id: string;
  readonly column: string;
  /** To what the value of a row belongs; the organization stands before it. */
  readonly place: (id: string) => string;
  readonly idType: 'uuid' | 'text';
  /** Has one row for each client, and ids that end at random (RFC 9562 §5.7). */
  readonly large?: true;
};

const own = (table: string, more: Partial<SealedValue> = {}): SealedValue => {
  return { table, id: 'id', column: 'sealed', place: (id) => `${table}/${id}/sealed`, idType: 'uuid', ...more };
};
const recordKey = (table: string, more: Partial<SealedValue> = {}): SealedValue =>
  own(table, { column: 'record_key', place: (id) => `${table}/${id}/record_key`, ...more });

export const sealedValues: readonly SealedValue[] = [
  ...['contacts', 'companies'].map((table) => recordKey(table, { large: true })),
  ...['imports', 'exports'].map((table) => recordKey(table)),
  own('organizations', { id: 'organization_id' }),
  ...['people', 'invitations', 'authenticators', 'passkeys', 'links', 'letters', 'leavings', 'api_keys'].map((table) =>
    own(table),
  ),
  ...['sso_providers', 'review_keys', 'audit_anchors'].map((table) => own(table)),
  own('audit_forwards'),
  own('sms_numbers', { id: 'person_id' }),
  own('review_results', { id: 'campaign_id' }),
  own('review_items', { column: 'note', place: (id) => `review_items/${id}/note` }),
  own('legal_holds'),
  ...['investigations', 'investigation_marks', 'investigation_filters'].map((table) => own(table)),
  own('elevations', { place: (id) => `elevations/${id}/reason` }),
  own('shares', { place: (id) => `shares/${id}/reason` }),
  own('exports', { column: 'reason_sealed', place: (id) => `exports/${id}/reason` }),
  own('devices', { place: (id) => `devices/${id}` }),
  own('name_orders', { id: 'record_kind', place: (id) => `name_orders/${id}`, idType: 'text' }),
];
