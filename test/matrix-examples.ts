/** One well-formed request for every route, made against a company that stands. A route without one fails the matrix. */
import { defaultExportRules, defaultReviewRules, defaultRules } from '#contract';
import type { Routes } from '#contract';
import { newId } from '#kernel';
import { strangeId } from './running-lubart.ts';

export type Key = keyof Routes;

/** What the requests of one asker are about. */
export type Target = {
  contactId: string;
  companyId: string;
  readyImportId: string;
  uploadingImportId: string;
  auditEntryId: string;
  organizationId: string;
  departmentId: string;
  roleId: string;
  personId: string;
};

export type Example = {
  params?: Record<string, string>;
  query?: Record<string, string>;
  body?: unknown;
  bytes?: Uint8Array;
  /** Codes, besides 200, that somebody who may use the route can get: the example is on purpose not to change much. */
  admitted?: readonly string[];
};

let counter = 0;
const unique = () => `${Date.now()}-${(counter += 1)}`;

export const plan = { mapping: { '0': 'lastName' }, duplicates: { by: [], then: 'create' }, defaults: {} };

const letter = (index: number) => 'абвгґдеєжз'[index]!;
const name = () => [...String((counter += 1))].map((digit) => letter(Number(digit))).join('');

const noKey = { id: 'x', rawId: 'x', type: 'public-key' };
const noAnswer = { ...noKey, response: { clientDataJSON: 'x', authenticatorData: 'x', signature: 'x' } };

export const examples: Record<Key, (target: Target) => Example> = {
  'POST /api/v1/contacts/bulk': ({ contactId }) => ({
    body: { act: { do: 'archive' }, records: [{ id: contactId, version: 9_999 }] },
    admitted: ['bulk.refused'],
  }),
  'POST /api/v1/companies/bulk': ({ companyId }) => ({
    body: { act: { do: 'stage', stage: 'customer' }, records: [{ id: companyId, version: 9_999 }] },
    admitted: ['bulk.refused'],
  }),
  'GET /api/v1/api-keys': () => ({}),
  'POST /api/v1/api-keys': () => ({ body: { name: 'Сайт', roles: ['support'], days: 30 } }),
  'POST /api/v1/api-keys/:id/rotate': () => ({ params: { id: strangeId() }, admitted: ['api-key.not_found'] }),
  'DELETE /api/v1/api-keys/:id': () => ({ params: { id: strangeId() }, admitted: ['api-key.not_found'] }),
  'GET /api/v1/setup': () => ({}),
  'POST /api/v1/setup/begin': () => ({
    body: { token: 'x'.repeat(43), email: 'someone@nide.example', organizationName: 'Ніхто' },
    admitted: ['setup.already_done'],
  }),
  'POST /api/v1/setup': () => ({
    body: {
      token: 'x'.repeat(43),
      ticket: 'x',
      code: '123456',
      organization: { name: 'Ніхто' },
      owner: { name: 'Ніхто', email: 'nobody@nide.example' },
      password: 'Три-слова-і-річка-9',
    },
    admitted: ['setup.already_done'],
  }),
  'POST /api/v1/sign-in': () => ({
    body: { email: `nobody-${unique()}@nide.example`, password: 'не той пароль' },
    admitted: ['sign-in.refused'],
  }),
  'POST /api/v1/sign-in/code': () => ({ body: { ticket: 'x', code: '123456' }, admitted: ['sign-in.ticket_expired'] }),
  'POST /api/v1/invitations/open': () => ({ body: { token: 'x'.repeat(60) }, admitted: ['invitation.invalid'] }),
  'POST /api/v1/invitations/accept': () => ({
    body: { token: 'x'.repeat(60), ticket: 'x', code: '123456', password: 'Три-слова-і-річка-9' },
    admitted: ['invitation.invalid'],
  }),
  'GET /api/v1/sign-in/sso': () => ({}),
  'POST /api/v1/sign-in/sso/start': () => ({
    body: { email: 'nobody@nide.example' },
    admitted: ['sso.no_provider'],
  }),
  // A refusal is a page here: the browser is sent to the sign-in.
  'GET /api/v1/sign-in/sso/callback': () => ({ query: { code: 'x', state: 'x' } }),
  'GET /api/v1/sso/providers': () => ({}),
  'POST /api/v1/sso/providers': () => ({
    body: { name: 'Вхід', issuer: 'https://login.vezha.example', clientId: 'lubart', domains: ['vezha.example'] },
  }),
  'PATCH /api/v1/sso/providers/:id': () => ({
    params: { id: strangeId() },
    body: {},
    admitted: ['sso.provider_not_found'],
  }),
  'DELETE /api/v1/sso/providers/:id': () => ({ params: { id: strangeId() }, admitted: ['sso.provider_not_found'] }),
  'GET /api/v1/sso/providers/:id/affected': () => ({
    params: { id: strangeId() },
    admitted: ['sso.provider_not_found'],
  }),
  'POST /api/v1/sso/providers/:id/test': () => ({
    params: { id: strangeId() },
    admitted: ['sso.provider_not_found'],
  }),
  'GET /api/v1/reviews': () => ({}),
  'POST /api/v1/reviews': () => ({ body: { dryRun: true } }),
  'GET /api/v1/reviews/waiting': () => ({}),
  'GET /api/v1/reviews/mine': () => ({}),
  'GET /api/v1/reviews/rules': () => ({}),
  'PUT /api/v1/reviews/rules': () => ({
    body: { version: 99, rules: defaultReviewRules },
    admitted: ['review.rules_conflict'],
  }),
  'GET /api/v1/reviews/:id': () => ({ params: { id: strangeId() }, admitted: ['review.not_found'] }),
  'POST /api/v1/reviews/:id/answers': () => ({
    params: { id: strangeId() },
    body: { answers: [{ itemId: strangeId(), answer: 'confirm' }] },
    admitted: ['review.not_found'],
  }),
  'POST /api/v1/reviews/:id/close': () => ({ params: { id: strangeId() }, body: {}, admitted: ['review.not_found'] }),
  // A whole campaign is for whom all people are in reach: a head sees the own part only.
  'GET /api/v1/reviews/:id/result': () => ({
    params: { id: strangeId() },
    admitted: ['review.not_found', 'access.denied'],
  }),
  'GET /api/v1/reviews/:id/file': () => ({
    params: { id: strangeId() },
    admitted: ['review.not_found', 'access.denied'],
  }),
  'GET /api/v1/session': () => ({}),
  'GET /api/v1/sessions': () => ({}),
  'DELETE /api/v1/sessions/:id': () => ({ params: { id: strangeId() }, admitted: ['request.not_found'] }),
  'POST /api/v1/sessions/end-others': () => ({}),
  'PATCH /api/v1/profile': () => ({ body: {} }),
  'POST /api/v1/profile/password': () => ({
    body: { current: 'не той пароль', password: 'Три-слова-і-річка-9' },
    admitted: ['sign-in.refused', 'sign-in.too_many_attempts'],
  }),
  'GET /api/v1/people': () => ({}),
  'PATCH /api/v1/people/:id': ({ personId }) => ({ params: { id: personId }, body: {} }),
  'POST /api/v1/people/:id/leave': ({ personId }) => ({
    params: { id: personId },
    body: { dryRun: true },
    admitted: ['leaving.own', 'leaving.already', 'person.last_owner'],
  }),
  'POST /api/v1/people/:id/move': ({ personId, departmentId }) => ({
    params: { id: personId },
    body: { dryRun: true, departmentId, clients: 'along' },
    admitted: ['leaving.own'],
  }),
  'GET /api/v1/people/:id/leaving': ({ personId }) => ({ params: { id: personId }, admitted: ['leaving.not_found'] }),
  'GET /api/v1/people/sleeping': () => ({}),
  'GET /api/v1/invitations': () => ({}),
  'POST /api/v1/invitations': ({ departmentId }) => ({
    body: { name: 'Новий Колега', email: `novyi-${unique()}@vezha.example`, roles: ['manager'], departmentId },
  }),
  'POST /api/v1/invitations/:id/send-again': () => ({ params: { id: strangeId() }, admitted: ['invitation.invalid'] }),
  'DELETE /api/v1/invitations/:id': () => ({ params: { id: strangeId() }, admitted: ['invitation.invalid'] }),
  'GET /api/v1/roles': () => ({}),
  'POST /api/v1/roles': () => ({ body: { name: `Роль ${name()}`, grants: { 'person.read': 'all' } } }),
  'PATCH /api/v1/roles/:id': ({ roleId }) => ({
    params: { id: roleId },
    body: { version: 1, name: `Роль ${name()}` },
    admitted: ['role.version_conflict'],
  }),
  'POST /api/v1/roles/:id/reset': ({ roleId }) => ({ params: { id: roleId }, admitted: ['role.fixed'] }),
  'DELETE /api/v1/roles/:id': ({ roleId }) => ({ params: { id: roleId }, admitted: ['role.fixed'] }),
  'POST /api/v1/roles/:id/preview': ({ roleId }) => ({ params: { id: roleId }, body: { grants: {}, fieldRights: {} } }),
  'GET /api/v1/people/:id/access': ({ personId }) => ({ params: { id: personId } }),
  'GET /api/v1/profile/access': () => ({}),
  'GET /api/v1/profile/elevations': () => ({}),
  'POST /api/v1/profile/elevations': () => ({
    body: { role: 'support', hours: 2, reason: 'Підміна' },
    admitted: ['elevation.already_asked', 'elevation.already_held'],
  }),
  'POST /api/v1/profile/elevations/:id/end': () => ({
    params: { id: strangeId() },
    admitted: ['elevation.not_found'],
  }),
  'POST /api/v1/sign-in/device': () => ({ body: { ticket: 'x' }, admitted: ['sign-in.ticket_expired'] }),
  'GET /api/v1/devices': () => ({}),
  'PATCH /api/v1/devices/:id': () => ({
    params: { id: strangeId() },
    body: { name: 'Робочий ноутбук' },
    admitted: ['device.not_found'],
  }),
  'DELETE /api/v1/devices/:id': () => ({ params: { id: strangeId() }, admitted: ['device.not_found'] }),
  'POST /api/v1/device-requests/:id/approve': () => ({
    params: { id: strangeId() },
    body: { number: 42 },
    admitted: ['device.not_found'],
  }),
  'POST /api/v1/device-requests/:id/refuse': () => ({ params: { id: strangeId() }, admitted: ['device.not_found'] }),
  'GET /api/v1/security/devices': () => ({}),
  'DELETE /api/v1/security/devices/:id': () => ({ params: { id: strangeId() }, admitted: ['device.not_found'] }),
  'GET /api/v1/elevations': () => ({}),
  'POST /api/v1/elevations/:id/approve': () => ({ params: { id: strangeId() }, admitted: ['elevation.not_found'] }),
  'POST /api/v1/elevations/:id/refuse': () => ({ params: { id: strangeId() }, admitted: ['elevation.not_found'] }),
  'POST /api/v1/elevations/:id/end': () => ({ params: { id: strangeId() }, admitted: ['elevation.not_found'] }),
  'GET /api/v1/contacts/:id/shares': ({ contactId }) => ({ params: { id: contactId } }),
  'POST /api/v1/contacts/:id/shares': ({ contactId, departmentId }) => ({
    params: { id: contactId },
    body: { departmentId, right: 'read' },
  }),
  'DELETE /api/v1/contacts/:id/shares/:shareId': ({ contactId }) => ({
    params: { id: contactId, shareId: strangeId() },
    admitted: ['share.not_found'],
  }),
  'GET /api/v1/companies/:id/shares': ({ companyId }) => ({ params: { id: companyId } }),
  'POST /api/v1/companies/:id/shares': ({ companyId, departmentId }) => ({
    params: { id: companyId },
    body: { departmentId, right: 'edit' },
  }),
  'DELETE /api/v1/companies/:id/shares/:shareId': ({ companyId }) => ({
    params: { id: companyId, shareId: strangeId() },
    admitted: ['share.not_found'],
  }),
  'GET /api/v1/departments': () => ({}),
  'POST /api/v1/departments': () => ({ body: { name: `Відділ ${name()}` } }),
  'PATCH /api/v1/departments/:id': ({ departmentId }) => ({ params: { id: departmentId }, body: {} }),
  'PUT /api/v1/departments/:id/heads': ({ departmentId }) => ({
    params: { id: departmentId },
    body: { personIds: [] },
  }),
  'POST /api/v1/departments/:id/preview': ({ departmentId }) => ({
    params: { id: departmentId },
    body: { parentId: departmentId },
    admitted: ['request.invalid'],
  }),
  'POST /api/v1/people/:id/preview-move': ({ personId, departmentId }) => ({
    params: { id: personId },
    body: { departmentId },
  }),
  'GET /api/v1/deputies': () => ({}),
  'POST /api/v1/deputies': () => ({
    body: { deputyId: strangeId(), fromDay: '2020-01-01', untilDay: '2020-01-02' },
    admitted: ['deputy.period_invalid'],
  }),
  'DELETE /api/v1/deputies/:id': () => ({ params: { id: strangeId() }, admitted: ['deputy.not_found'] }),
  'DELETE /api/v1/departments/:id': ({ departmentId }) => ({
    params: { id: departmentId },
    admitted: ['department.not_empty'],
  }),
  'GET /api/v1/organization': () => ({}),
  'PATCH /api/v1/organization': () => ({ body: { name: 'Вежа' } }),
  'POST /api/v1/password-reset': () => ({ body: { email: `nobody-${unique()}@nide.example` } }),
  'POST /api/v1/password-reset/open': () => ({ body: { token: 'x'.repeat(60) }, admitted: ['link.invalid'] }),
  'POST /api/v1/password-reset/finish': () => ({
    body: { token: 'x'.repeat(60), password: 'Три-слова-і-річка-9' },
    admitted: ['link.invalid'],
  }),
  'POST /api/v1/people/:id/password-reset': ({ personId }) => ({
    params: { id: personId },
    body: { by: 'screen' },
    admitted: ['access.denied'],
  }),
  'GET /api/v1/security/emergency': () => ({}),
  'POST /api/v1/security/emergency': () => ({}),
  'DELETE /api/v1/security/emergency': () => ({ admitted: ['emergency.no_sheet'] }),
  'POST /api/v1/security/emergency/check': () => ({
    body: { half: 'x' },
    admitted: ['emergency.half_wrong', 'emergency.no_sheet'],
  }),
  'POST /api/v1/security/emergency/acknowledge': () => ({}),
  'POST /api/v1/emergency/sign-in': () => ({
    body: { halves: ['x', 'x'] },
    admitted: ['emergency.refused', 'sign-in.too_many_attempts'],
  }),
  'POST /api/v1/recovery': () => ({ body: { ticket: 'x'.repeat(60) }, admitted: ['sign-in.ticket_expired'] }),
  'POST /api/v1/recovery/state': () => ({ body: { token: 'x'.repeat(60) }, admitted: ['link.invalid'] }),
  'POST /api/v1/recovery/open': () => ({ body: { token: 'x'.repeat(60) }, admitted: ['link.invalid'] }),
  'POST /api/v1/recovery/finish': () => ({
    body: { token: 'x'.repeat(60), ticket: 'x', code: '000000', password: 'Три-слова-і-річка-9' },
    admitted: ['link.invalid'],
  }),
  'POST /api/v1/recovery/cancel-by-link': () => ({ body: { token: 'x'.repeat(60) }, admitted: ['link.invalid'] }),
  'GET /api/v1/recovery/own': () => ({}),
  'POST /api/v1/recovery/cancel': () => ({}),
  'GET /api/v1/recovery-requests': () => ({}),
  'POST /api/v1/recovery-requests/:id/approve': () => ({
    params: { id: strangeId() },
    admitted: ['recovery.not_found'],
  }),
  'POST /api/v1/recovery-requests/:id/refuse': () => ({
    params: { id: strangeId() },
    admitted: ['recovery.not_found'],
  }),
  'GET /api/v1/profile/email': () => ({}),
  'POST /api/v1/profile/email': () => ({
    body: { email: `nova-${unique()}@vezha.example`, current: 'не той пароль' },
    admitted: ['sign-in.refused', 'sign-in.too_many_attempts'],
  }),
  'DELETE /api/v1/profile/email': () => ({}),
  'POST /api/v1/people/:id/email': ({ personId }) => ({
    params: { id: personId },
    body: { email: `nova-${unique()}@vezha.example` },
    admitted: ['access.denied'],
  }),
  'POST /api/v1/email-change/open': () => ({
    body: { purpose: 'confirm', token: 'x'.repeat(60) },
    admitted: ['link.invalid'],
  }),
  'POST /api/v1/email-change/confirm': () => ({ body: { token: 'x'.repeat(60) }, admitted: ['link.invalid'] }),
  'POST /api/v1/email-change/cancel': () => ({ body: { token: 'x'.repeat(60) }, admitted: ['link.invalid'] }),
  'GET /api/v1/contacts': () => ({ query: { count: 'true' } }),
  'POST /api/v1/contacts/find': () => ({ body: { text: 'коваль' } }),
  'POST /api/v1/contacts': () => ({ body: { lastName: 'Коваль', firstName: name() } }),
  'GET /api/v1/contacts/:id': ({ contactId }) => ({ params: { id: contactId } }),
  'PATCH /api/v1/contacts/:id': ({ contactId }) => ({
    params: { id: contactId },
    body: { version: 1, changes: { position: name() } },
    admitted: ['contact.version_conflict'],
  }),
  'GET /api/v1/audit-log/records/:kind/:id': ({ contactId }) => ({
    params: { kind: 'contact', id: contactId },
    admitted: ['contact.not_found', 'access.denied'],
  }),
  'POST /api/v1/contacts/:id/undo': ({ contactId }) => ({
    params: { id: contactId },
    body: { entryId: strangeId(), version: 1 },
    admitted: ['audit.not_found', 'access.denied'],
  }),
  'POST /api/v1/companies/:id/undo': ({ companyId }) => ({
    params: { id: companyId },
    body: { entryId: strangeId(), version: 1 },
    admitted: ['audit.not_found', 'access.denied'],
  }),
  'GET /api/v1/audit-log/sessions/:id/seen': () => ({ params: { id: strangeId() } }),
  'GET /api/v1/contacts/:id/viewers': ({ contactId }) => ({ params: { id: contactId } }),
  'POST /api/v1/contacts/:id/archive': ({ contactId }) => ({ params: { id: contactId } }),
  'POST /api/v1/contacts/:id/restore': ({ contactId }) => ({ params: { id: contactId } }),
  'POST /api/v1/contacts/export': () => ({ body: { format: 'xlsx', protection: 'password' } }),
  'GET /api/v1/audit-entries/:id/proof': () => ({
    params: { id: strangeId() },
    admitted: ['audit.not_found', 'audit.not_sealed'],
  }),
  'GET /api/v1/audit-log/head': () => ({}),
  'GET /api/v1/security/forwards': () => ({}),
  'POST /api/v1/security/forwards': () => ({
    body: { kind: 'syslog', form: 'cef', address: 'not here/' },
    admitted: ['forward.address_wrong'],
  }),
  'POST /api/v1/security/forwards/:id/try': () => ({ params: { id: strangeId() }, admitted: ['forward.not_found'] }),
  'PATCH /api/v1/security/forwards/:id': () => ({
    params: { id: strangeId() },
    body: { form: 'cef' },
    admitted: ['forward.not_found'],
  }),
  'POST /api/v1/security/forwards/:id/pause': () => ({ params: { id: strangeId() }, admitted: ['forward.not_found'] }),
  'POST /api/v1/security/forwards/:id/resume': () => ({ params: { id: strangeId() }, admitted: ['forward.not_found'] }),
  'DELETE /api/v1/security/forwards/:id': () => ({ params: { id: strangeId() }, admitted: ['forward.not_found'] }),
  'GET /api/v1/security/witnesses': () => ({}),
  'POST /api/v1/security/witnesses': () => ({
    body: { address: 'https://witness.example', key: 'x' },
    admitted: ['witness.key_wrong'],
  }),
  'POST /api/v1/security/witnesses/:id/try': () => ({ params: { id: strangeId() }, admitted: ['witness.not_found'] }),
  'DELETE /api/v1/security/witnesses/:id': () => ({ params: { id: strangeId() }, admitted: ['witness.not_found'] }),
  'POST /api/v1/security/witnessed-logs': () => ({ body: { key: 'x' }, admitted: ['witness.key_wrong'] }),
  'DELETE /api/v1/security/witnessed-logs/:id': () => ({
    params: { id: strangeId() },
    admitted: ['witness.not_found'],
  }),
  'GET /api/v1/security/anchors': () => ({}),
  'POST /api/v1/security/anchors': () => ({
    body: { everyMinutes: 60, settings: { telegram: { token: 'x', chat: '1' } } },
    admitted: ['anchor.settings_wrong'],
  }),
  'POST /api/v1/security/anchors/:id/try': () => ({ params: { id: strangeId() }, admitted: ['anchor.not_found'] }),
  'DELETE /api/v1/security/anchors/:id': () => ({ params: { id: strangeId() }, admitted: ['anchor.not_found'] }),
  'GET /api/v1/security/anchors/:id/kept': () => ({ params: { id: strangeId() }, admitted: ['anchor.not_found'] }),
  'POST /api/v1/security/heads/check': () => ({ body: { head: 'x' } }),
  'POST /api/v1/witness/:id/add-checkpoint': () => ({
    params: { id: strangeId() },
    body: 'old 0',
    admitted: ['request.invalid'],
  }),
  'GET /api/v1/audit-logs/:id/checkpoint': ({ organizationId }) => ({
    params: { id: organizationId },
    admitted: ['audit.not_sealed'],
  }),
  'GET /api/v1/audit-logs/:id/tile/:level/*': ({ organizationId }) => ({
    params: { id: organizationId, level: '0', '*': '000.p/1' },
    admitted: ['audit.part_missing'],
  }),
  'GET /api/v1/audit-logs/:id/consistency': ({ organizationId }) => ({
    params: { id: organizationId },
    query: { from: '0', to: '1' },
    admitted: ['audit.part_missing'],
  }),
  'GET /api/v1/audit-logs/:id/inclusion': ({ organizationId }) => ({
    params: { id: organizationId },
    query: { position: '0', size: '1' },
    admitted: ['audit.part_missing'],
  }),
  'GET /api/v1/audit-log/evidence': () => ({ query: { from: '0' }, admitted: ['audit.not_sealed'] }),
  'POST /api/v1/contacts/:id/erase': ({ contactId }) => ({
    params: { id: contactId },
    body: { reason: 'asked' },
    admitted: ['erasure.not_in_trash'],
  }),
  'POST /api/v1/companies/:id/erase': ({ companyId }) => ({
    params: { id: companyId },
    body: { reason: 'asked' },
    admitted: ['erasure.not_in_trash', 'erasure.company_in_use'],
  }),
  'GET /api/v1/erasures': () => ({}),
  'GET /api/v1/investigations': () => ({}),
  'POST /api/v1/investigations': () => ({ body: { name: 'Хто виніс базу', purpose: '' } }),
  'GET /api/v1/investigations/:id': () => ({ params: { id: strangeId() }, admitted: ['investigation.not_found'] }),
  'PATCH /api/v1/investigations/:id': () => ({
    params: { id: strangeId() },
    body: { name: 'Хто виніс базу', purpose: '' },
    admitted: ['investigation.not_found'],
  }),
  'POST /api/v1/investigations/:id/close': () => ({
    params: { id: strangeId() },
    body: { conclusion: '' },
    admitted: ['investigation.not_found'],
  }),
  'POST /api/v1/investigations/:id/reopen': () => ({
    params: { id: strangeId() },
    admitted: ['investigation.not_found'],
  }),
  'GET /api/v1/investigations/:id/marks': () => ({
    params: { id: strangeId() },
    admitted: ['investigation.not_found'],
  }),
  'POST /api/v1/investigations/:id/marks': ({ auditEntryId }) => ({
    params: { id: strangeId() },
    body: { entryIds: [auditEntryId], note: '' },
    admitted: ['investigation.not_found'],
  }),
  'DELETE /api/v1/investigations/:id/marks/:entryId': ({ auditEntryId }) => ({
    params: { id: strangeId(), entryId: auditEntryId },
    admitted: ['investigation.not_found'],
  }),
  'POST /api/v1/investigations/:id/filters': () => ({
    params: { id: strangeId() },
    body: { title: 'Відмови', filter: { outcome: 'refused' } },
    admitted: ['investigation.not_found'],
  }),
  'DELETE /api/v1/investigations/:id/filters/:filterId': () => ({
    params: { id: strangeId(), filterId: strangeId() },
    admitted: ['investigation.not_found'],
  }),
  'GET /api/v1/investigations/:id/evidence': () => ({
    params: { id: strangeId() },
    admitted: ['investigation.not_found'],
  }),
  'GET /api/v1/security/retention': () => ({}),
  'PUT /api/v1/security/retention': () => ({ body: { level: 'system', days: 400 } }),
  'POST /api/v1/security/holds': () => ({ body: { of: 'all', reason: 'Перевірка' } }),
  'DELETE /api/v1/security/holds/:id': () => ({ params: { id: strangeId() }, admitted: ['hold.not_found'] }),
  'GET /api/v1/security/decoys': () => ({}),
  'POST /api/v1/security/decoys': ({ contactId }) => ({
    body: { kind: 'contact', recordId: contactId },
    admitted: ['decoy.already', 'access.denied', 'contact.not_found'],
  }),
  'DELETE /api/v1/security/decoys/:id': () => ({ params: { id: strangeId() }, admitted: ['decoy.not_found'] }),
  'GET /api/v1/exports': () => ({}),
  'GET /api/v1/exports/:id/file': () => ({ params: { id: newId() }, admitted: ['export.not_found'] }),
  'DELETE /api/v1/exports/:id': () => ({ params: { id: newId() }, admitted: ['export.not_found'] }),
  'GET /api/v1/security/exports': () => ({}),
  'GET /api/v1/security/connection': () => ({}),
  'GET /api/v1/security/keys': () => ({}),
  'GET /api/v1/security/kit': () => ({}),
  'POST /api/v1/security/kit': () => ({
    body: { needed: 2, sheets: 3 },
    admitted: ['key.kit_owner_only', 'key.kit_several', 'key.rotation_runs'],
  }),
  'POST /api/v1/security/kit/prove': () => ({
    body: { text: '01 XXXX' },
    admitted: ['key.kit_unreadable', 'key.kit_several'],
  }),
  'POST /api/v1/security/keys/:kind/rotate': () => ({ params: { kind: 'index' }, admitted: ['key.rotation_runs'] }),
  'POST /api/v1/security/keys/:kind/pause': () => ({ params: { kind: 'root' }, admitted: ['key.rotation_not_found'] }),
  'POST /api/v1/security/keys/:kind/resume': () => ({ params: { kind: 'root' }, admitted: ['key.rotation_not_found'] }),
  'PUT /api/v1/security/export-rules': () => ({
    body: { version: 0, rules: defaultExportRules },
    admitted: ['security.version_conflict'],
  }),
  'POST /api/v1/contacts/:id/reveal': ({ contactId }) => ({
    params: { id: contactId },
    body: { field: 'phones', reason: 'Клієнт просив передзвонити' },
    admitted: ['request.invalid', 'access.denied'],
  }),
  'POST /api/v1/companies/:id/reveal': ({ companyId }) => ({
    params: { id: companyId },
    body: { field: 'phones', reason: 'Клієнт просив передзвонити' },
    admitted: ['request.invalid', 'access.denied'],
  }),
  'GET /api/v1/contact-tags': () => ({}),
  'GET /api/v1/contacts/statistics': () => ({}),
  'GET /api/v1/companies/statistics': () => ({}),
  'GET /api/v1/companies': () => ({ query: { count: 'true' } }),
  'POST /api/v1/companies/find': () => ({ body: { text: 'вежа' } }),
  'POST /api/v1/companies': () => ({ body: { name: `Фірма ${name()}` } }),
  'GET /api/v1/companies/:id': ({ companyId }) => ({ params: { id: companyId } }),
  'PATCH /api/v1/companies/:id': ({ companyId }) => ({
    params: { id: companyId },
    body: { version: 1, changes: { address: name() } },
    admitted: ['company.version_conflict'],
  }),
  'GET /api/v1/companies/:id/viewers': ({ companyId }) => ({ params: { id: companyId } }),
  'POST /api/v1/companies/:id/archive': ({ companyId }) => ({ params: { id: companyId } }),
  'POST /api/v1/companies/:id/restore': ({ companyId }) => ({ params: { id: companyId } }),
  'POST /api/v1/companies/export': () => ({ body: { format: 'xlsx', protection: 'password' } }),
  'GET /api/v1/imports': () => ({}),
  'POST /api/v1/imports': () => ({ body: { kind: 'contacts', fileName: 'клієнти.csv', sizeBytes: 10 } }),
  'PUT /api/v1/imports/:id/file': ({ uploadingImportId }) => ({
    params: { id: uploadingImportId },
    bytes: Buffer.from('Прізвище\nКоваль\n'),
    admitted: ['import.wrong_state'],
  }),
  'GET /api/v1/imports/:id': ({ readyImportId }) => ({ params: { id: readyImportId } }),
  'GET /api/v1/imports/:id/look': ({ readyImportId }) => ({
    params: { id: readyImportId },
    admitted: ['import.wrong_state'],
  }),
  'POST /api/v1/imports/:id/preview': ({ readyImportId }) => ({
    params: { id: readyImportId },
    body: plan,
    admitted: ['import.wrong_state'],
  }),
  'POST /api/v1/imports/:id/start': ({ readyImportId }) => ({
    params: { id: readyImportId },
    body: plan,
    admitted: ['import.wrong_state'],
  }),
  'POST /api/v1/imports/:id/cancel': ({ readyImportId }) => ({
    params: { id: readyImportId },
    admitted: ['import.wrong_state'],
  }),
  'POST /api/v1/imports/:id/revert': ({ readyImportId }) => ({
    params: { id: readyImportId },
    admitted: ['import.wrong_state'],
  }),
  'GET /api/v1/imports/:id/rejected': ({ readyImportId }) => ({ params: { id: readyImportId } }),
  'GET /api/v1/audit-entries': () => ({}),
  'GET /api/v1/audit-entries/count': () => ({}),
  'GET /api/v1/audit-entries/:id': ({ auditEntryId }) => ({ params: { id: auditEntryId } }),
  'GET /api/v1/factors': () => ({}),
  'POST /api/v1/authenticators/begin': () => ({}),
  'POST /api/v1/authenticators': () => ({
    body: { ticket: 'x', code: '000000', name: 'Телефон' },
    admitted: ['sign-in.ticket_expired'],
  }),
  'DELETE /api/v1/authenticators/:id': () => ({ params: { id: strangeId() }, admitted: ['request.not_found'] }),
  'POST /api/v1/sms-number/begin': () => ({ body: { phone: '+380500000011' }, admitted: ['sms.not_allowed'] }),
  'POST /api/v1/sms-number': () => ({ body: { ticket: 'x', code: '000000' }, admitted: ['sign-in.ticket_expired'] }),
  'DELETE /api/v1/sms-number': () => ({ admitted: ['request.not_found'] }),
  'POST /api/v1/sign-in/sms': () => ({ body: { ticket: 'x' }, admitted: ['sign-in.ticket_expired'] }),
  'POST /api/v1/sign-in/sms/code': () => ({
    body: { ticket: 'x', code: '000000' },
    admitted: ['sign-in.ticket_expired'],
  }),
  'POST /api/v1/step-up/sms': () => ({ admitted: ['sms.not_allowed'] }),
  'POST /api/v1/step-up/sms/code': () => ({ body: { code: '000000' }, admitted: ['sms.code_over'] }),
  'POST /api/v1/recovery-codes': () => ({}),
  'POST /api/v1/passkeys/begin': () => ({}),
  'POST /api/v1/passkeys': () => ({
    body: {
      ticket: 'x',
      name: 'Ключ',
      response: { ...noKey, response: { clientDataJSON: 'x', attestationObject: 'x' } },
    },
    admitted: ['sign-in.ticket_expired'],
  }),
  'PATCH /api/v1/passkeys/:id': () => ({
    params: { id: strangeId() },
    body: { name: 'Ключ' },
    admitted: ['request.not_found'],
  }),
  'DELETE /api/v1/passkeys/:id': () => ({ params: { id: strangeId() }, admitted: ['request.not_found'] }),
  'POST /api/v1/sign-in/passkey/begin': () => ({ body: {} }),
  'POST /api/v1/sign-in/passkey': () => ({ body: { ticket: 'x', response: noAnswer }, admitted: ['passkey.refused'] }),
  'POST /api/v1/step-up/passkey/begin': () => ({}),
  'POST /api/v1/step-up/passkey': () => ({
    body: { ticket: 'x', response: noAnswer },
    admitted: ['sign-in.ticket_expired', 'sign-in.too_many_attempts'],
  }),
  'GET /api/v1/step-up': () => ({}),
  'POST /api/v1/step-up': () => ({
    body: { code: '000000' },
    admitted: ['sign-in.code_wrong', 'sign-in.too_many_attempts'],
  }),
  'GET /api/v1/security/rules': () => ({}),
  'GET /api/v1/security/coverage': () => ({}),
  'PUT /api/v1/security/rules': () => ({
    body: { version: 999, change: { sessions: { organization: { idleHours: 12, days: 7 }, roles: [] } } },
    admitted: ['security.version_conflict'],
  }),
  'POST /api/v1/security/rules/preview': () => ({ body: { change: {} } }),
  'POST /api/v1/security/recovery/preview': () => ({ body: defaultRules.recovery }),
  'DELETE /api/v1/people/:id/sessions': () => ({ params: { id: strangeId() }, admitted: ['person.not_found'] }),
  'POST /api/v1/sign-out': () => ({}),
};
