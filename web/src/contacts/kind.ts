/** What a contact is on the screen and how it is reached. */
import { call } from '../api/call.ts';
import type { ContactRow } from '../contract.ts';
import { contact } from '../contract.ts';
import type { RecordKind, Values } from '../records/kind.ts';
import { listQueryOf } from '../records/kind.ts';
import { formatPhone } from '../contract.ts';
import { contactGroups } from './groups.ts';

const asRow = (row: Values) => row as unknown as ContactRow;

export const contactKind: RecordKind = {
  name: 'contact',
  plural: 'contacts',
  path: '/contacts',
  declaration: contact,
  groups: contactGroups,
  columns: [
    { id: 'name', width: 225, grow: 3, shown: true },
    { id: 'phones', width: 176, shown: true },
    { id: 'emails', width: 190, grow: 1, shown: false },
    { id: 'companyName', width: 148, grow: 1, shown: true },
    { id: 'position', width: 150, grow: 1, shown: false },
    { id: 'stage', width: 138, shown: true },
    { id: 'expectedAmount', width: 140, shown: false },
    { id: 'nextStepOn', width: 180, grow: 1, shown: true },
    { id: 'ownerId', width: 148, grow: 1, shown: true },
    { id: 'departmentId', width: 140, grow: 1, shown: false },
    { id: 'tags', width: 160, grow: 1, shown: false },
    { id: 'source', width: 130, shown: false },
    { id: 'createdAt', width: 110, shown: true },
    { id: 'updatedAt', width: 110, shown: false },
  ],
  filters: ['stage', 'ownerId', 'departmentId', 'tag', 'created', 'withoutNextStep'],
  nameOf: (values) => {
    const row = asRow(values);
    const name = [row.lastName, row.firstName, row.middleName].filter(Boolean).join(' ');
    const phone = row.phones?.[0]?.number;
    return (
      name || row.companyName || (phone === undefined ? '' : formatPhone(phone)) || (row.emails?.[0]?.address ?? '')
    );
  },
  hintOf: (values) => {
    const row = asRow(values);
    const phone = row.phones?.[0]?.number;
    return [row.companyName, phone === undefined ? '' : formatPhone(phone)].filter(Boolean).join(' · ');
  },
  labels: (words) => words.contactFields,
  permission: (verb) => `contact.${verb}`,
  list: async (query, signal) => await call('GET /api/v1/contacts', { query, signal }),
  find: async (text, limit, archived, signal) => {
    const body = archived ? { text, limit, archived } : { text, limit };
    return await call('POST /api/v1/contacts/find', { body, signal });
  },
  open: async (id) => await call('GET /api/v1/contacts/:id', { params: { id } }),
  create: async (values) => await call('POST /api/v1/contacts', { body: values }),
  update: async (id, version, changes) =>
    await call('PATCH /api/v1/contacts/:id', {
      params: { id },
      body: { version, changes: changes },
    }),
  archive: async (id) => await call('POST /api/v1/contacts/:id/archive', { params: { id } }),
  restore: async (id) => await call('POST /api/v1/contacts/:id/restore', { params: { id } }),
  bulk: async (act, records) => await call('POST /api/v1/contacts/bulk', { body: { act, records } }),
  erase: async (id, reason) => await call('POST /api/v1/contacts/:id/erase', { params: { id }, body: { reason } }),
  prepareExport: async (search, how) => {
    const { sort: _, shared: _shared, ...filters } = listQueryOf(search);
    return await call('POST /api/v1/contacts/export', { body: { ...how, filters } });
  },
};
