/** What a company is on the screen and how it is reached. */
import { call } from '../api/call.ts';
import type { CompanyRow } from '../contract.ts';
import { company } from '../contract.ts';
import type { RecordKind, Values } from '../records/kind.ts';
import { listQueryOf } from '../records/kind.ts';
import { formatPhone } from '../contract.ts';
import { companyGroups } from './groups.ts';

const asRow = (row: Values) => row as unknown as CompanyRow;

export const companyKind: RecordKind = {
  name: 'company',
  plural: 'companies',
  path: '/companies',
  declaration: company,
  groups: companyGroups,
  columns: [
    { id: 'name', width: 260, grow: 2, shown: true },
    { id: 'edrpou', width: 120, shown: true },
    { id: 'phones', width: 176, shown: true },
    { id: 'emails', width: 190, grow: 1, shown: false },
    { id: 'address', width: 200, grow: 1, shown: false },
    { id: 'site', width: 160, grow: 1, shown: false },
    { id: 'stage', width: 138, shown: true },
    { id: 'expectedAmount', width: 140, shown: false },
    { id: 'ownerId', width: 160, grow: 1, shown: true },
    { id: 'departmentId', width: 140, grow: 1, shown: false },
    { id: 'tags', width: 160, grow: 1, shown: true },
    { id: 'createdAt', width: 110, shown: true },
    { id: 'updatedAt', width: 110, shown: false },
  ],
  filters: ['stage', 'ownerId', 'departmentId', 'tag', 'created'],
  nameOf: (values) => asRow(values).name || asRow(values).edrpou || '',
  hintOf: (values) => {
    const row = asRow(values);
    const phone = row.phones?.[0]?.number;
    return [row.edrpou, phone === undefined ? '' : formatPhone(phone)].filter(Boolean).join(' · ');
  },
  labels: (words) => words.companyFields,
  permission: (verb) => `company.${verb}`,
  list: async ({ withoutNextStep: _, companyId: __, ...query }, signal) =>
    await call('GET /api/v1/companies', { query, signal }),
  find: async (text, limit, archived, signal) => {
    const body = archived ? { text, limit, archived } : { text, limit };
    return await call('POST /api/v1/companies/find', { body, signal });
  },
  open: async (id) => await call('GET /api/v1/companies/:id', { params: { id } }),
  create: async (values) => await call('POST /api/v1/companies', { body: values }),
  update: async (id, version, changes) =>
    await call('PATCH /api/v1/companies/:id', {
      params: { id },
      body: { version, changes: changes },
    }),
  archive: async (id) => await call('POST /api/v1/companies/:id/archive', { params: { id } }),
  restore: async (id) => await call('POST /api/v1/companies/:id/restore', { params: { id } }),
  bulk: async (act, records) => await call('POST /api/v1/companies/bulk', { body: { act, records } }),
  erase: async (id, reason) => await call('POST /api/v1/companies/:id/erase', { params: { id }, body: { reason } }),
  prepareExport: async (search, how) => {
    const { sort: _, shared: _shared, withoutNextStep: __, companyId: ___, ...filters } = listQueryOf(search);
    return await call('POST /api/v1/companies/export', { body: { ...how, filters } });
  },
};
