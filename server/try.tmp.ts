import { openTestDatabase } from '#test/harness.ts';
import { openKeyring, rootKeyFrom, systemReach } from '#protections/encryption';
import { openAuditLog } from '#protections/audit-log';
import { openRecordRoom, contactKind, companyKind } from '#crm/records';
import { takeCompanyName } from '#crm/contacts';
import { newId, systemClock } from '#kernel';
import { randomBytes } from 'node:crypto';
const t = await openTestDatabase();
try {
const keyring = openKeyring(rootKeyFrom(randomBytes(32)), t.database);
const org = newId(), root = newId(), d1 = newId(), d2 = newId();
const p = { owner: newId(), m1: newId(), m2: newId() };
const at = new Date();
await t.database.act(systemReach(org), async (tx) => {
  await tx`insert into organizations (organization_id, created_at, sealed) values (${org}, ${at}, ${Buffer.from('x')})`;
  await keyring.create(tx, org, at);
  for (const [id, parent, name] of [[root, null, 'К'], [d1, root, 'A'], [d2, root, 'B']] as const)
    await tx`insert into departments (organization_id, id, parent_id, name, created_at) values (${org}, ${id}, ${parent}, ${name}, ${at})`;
  for (const [id, d, role] of [[p.owner, root, 'owner'], [p.m1, d1, 'manager'], [p.m2, d2, 'manager']] as const)
    await tx`insert into people (organization_id, id, department_id, role, sign_in_token, sealed, created_at) values (${org}, ${id}, ${d}, ${role}, ${randomBytes(8)}, ${Buffer.from('x')}, ${at})`;
});
const auditLog = openAuditLog(t.database, keyring, systemClock);
const homes = new Map([[p.owner, root], [p.m1, d1], [p.m2, d2]]);
const references = { findPerson: async (_: string, id: string) => homes.has(id) ? { departmentId: homes.get(id)! } : undefined, hasDepartment: async () => true };
const deps = { database: t.database, keyring, auditLog, clock: systemClock, references };
const companies = openRecordRoom(companyKind, deps); const contacts = openRecordRoom(contactKind, { ...deps, complete: takeCompanyName });
const actor = (id: string, role: any, d: string) => ({ organizationId: org, personId: id, sessionId: null, name: 'N', role, departmentId: d, departmentIds: [d], language: 'uk', address: '1', device: 'd', requestId: 'r' } as const);
const m1 = actor(p.m1, 'manager', d1), m2 = actor(p.m2, 'manager', d2), owner = actor(p.owner, 'owner', root), head = actor(p.owner, 'head', d1);
const reach = (a: any, s: any) => ({ organizationId: org, personId: a.personId, departmentIds: a.departmentIds, scope: s });
const co = await companies.create(m1, reach(m1, 'own'), { name: 'ТОВ «Вежа»', edrpou: '' });
const c = await contacts.create(m1, reach(m1, 'own'), { lastName: 'Шевченко', firstName: 'Оксана', phones: [{ number: '050 000 00 01' }], emails: [{ address: 'O@ex.example' }], tags: ['vip', 'a"b'], birthday: '1990-02-03', nextStepOn: '2026-12-01', companyId: co.id });
console.log(c);
for (let i = 0; i < 130; i++) await contacts.create(i % 2 ? m1 : m2, reach(i % 2 ? m1 : m2, 'own'), { lastName: ['Ґава', 'Гук', 'Їжак', 'Іва', 'Ярема', 'Абак'][i % 6]! + String.fromCharCode(0x430 + i % 20), firstName: 'Т' + i });
for (const [a, s] of [[m1, 'own'], [m2, 'own'], [head, 'department'], [owner, 'all']] as const) for (const sort of ['-created', 'created', '-updated', 'name', '-name'] as const) {
  let cursor: string | undefined, n = 0, pages = 0; const names: string[] = [];
  do { const page = await contacts.list(a, reach(a, s), { filters: {}, sort, cursor, limit: 17 }); n += page.records.length; pages++; names.push(...page.records.map(r => String(r.fields['lastName']))); cursor = page.next ?? undefined; } while (cursor);
  console.log(s, sort, n, pages, sort === 'name' ? names.slice(0, 12).join(' ') : '');
}
console.log(await contacts.count(owner, reach(owner, 'all'), {}));
for (const text of ['шев', 'shev', '0001', '+38050', '050 000 00 01', 'o@ex', 'вежа', 'окс шев', 'гав', 'ярема т1']) console.log(text, (await contacts.find(m1, reach(m1, 'own'), { text, archived: false, limit: 5 })).records.map(r => r.fields['lastName'] + ' ' + r.fields['firstName']).join(', '));
const u = await contacts.change(m1, reach(m1, 'own'), c.id, 1, { position: 'Бухгалтер', lastName: "Д'яченко" });
console.log(u.version, u['lastName']);
await contacts.change(m1, reach(m1, 'own'), c.id, 1, { position: 'X' }).catch((e) => console.log(e.code, e.current.lastName));
await contacts.change(m2, reach(m2, 'own'), c.id, 2, { position: 'X' }).catch((e) => console.log(e.code));
await contacts.change(m1, reach(m1, 'own'), c.id, 2, { ownerId: p.m2 }).catch((e) => console.log(e.code));
await contacts.create(m1, reach(m1, 'own'), { ownerId: p.m2, lastName: 'X' }).catch((e) => console.log(e.code));
console.log((await contacts.archive(m1, reach(m1, 'own'), c.id)).archivedAt, (await contacts.restore(m1, reach(m1, 'own'), c.id)).version);
await auditLog.flush();
console.log(await t.admin`select event, outcome, count(*)::int, sum(cardinality(subject_ids))::int from audit_entries group by 1,2`);
} finally { await t.close(); }
