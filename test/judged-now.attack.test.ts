/**
 * Every route that changes something × somebody who was dismissed, lost the right, or whose session was ended while the request was
 * under way: the frame let it in, and the act waits for who does that to them. What is refused then has changed nothing. Routes that go
 * by what the session was believed to have, up to a second before, are named here, with the reason.
 */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { TOTP } from 'otpauth';
import { URI } from 'otpauth';
import { permissions, routes } from '#contract';
import { connect } from '#database';
import type { Example, Key, Target } from './matrix-examples.ts';
import { examples } from './matrix-examples.ts';
import type { Colleague, Company, InProcess } from './running-lubart.ts';
import { codeNow, openInProcess, password, requireOk, setUpCompany, strangeId, until } from './running-lubart.ts';
import { makeSoftKey } from './soft-key.ts';

const table = routes as Record<string, { permission: string }>;

/** Looks only, although it is no GET; or sends what leaves by itself anyway. */
const looks: readonly Key[] = [
  'POST /api/v1/contacts/find',
  'POST /api/v1/companies/find',
  'POST /api/v1/departments/:id/preview',
  'POST /api/v1/people/:id/preview-move',
  'POST /api/v1/roles/:id/preview',
  'POST /api/v1/security/rules/preview',
  'POST /api/v1/security/recovery/preview',
  'POST /api/v1/security/heads/check',
  'POST /api/v1/security/emergency/check',
  'POST /api/v1/security/emergency/acknowledge',
  'POST /api/v1/authenticators/begin',
  'POST /api/v1/passkeys/begin',
  'POST /api/v1/security/kit/prove',
  'POST /api/v1/security/anchors/:id/try',
  'POST /api/v1/security/witnesses/:id/try',
  'POST /api/v1/security/forwards/:id/try',
  'POST /api/v1/sso/providers/:id/test',
];
/** What people do with clients all day: row-level security bounds it, the log shows it, the trash and the history bring it back. */
const withClients = /\/(contacts|companies)(\/:id(\/(archive|restore|reveal|undo))?|\/bulk)?$|\/imports\b/;
/** What is looked into in the log: it changes no right and no client. */
const investigations = /\/investigations\b/;
/**
 * What is one’s own and only takes away, so that whoever does it a second too late gains nothing: sessions, a role for a time, a question for
 * recovery, a file. A proof anew is written into the session only while it is open.
 */
const own: readonly Key[] = [
  'POST /api/v1/sign-out',
  'DELETE /api/v1/sessions/:id',
  'POST /api/v1/sessions/end-others',
  'POST /api/v1/profile/elevations/:id/end',
  'POST /api/v1/recovery/cancel',
  'POST /api/v1/step-up',
  'POST /api/v1/step-up/passkey/begin',
  'POST /api/v1/step-up/passkey',
  'POST /api/v1/step-up/sms/code',
  'DELETE /api/v1/exports/:id',
];
/** Judged under the lock too, about rows that take a story of their own to stand: the tests of their rooms tell it. */
const elsewhere: readonly Key[] = [
  'POST /api/v1/security/kit',
  'POST /api/v1/device-requests/:id/approve',
  'POST /api/v1/device-requests/:id/refuse',
  'DELETE /api/v1/security/devices/:id',
  'PATCH /api/v1/devices/:id',
  'DELETE /api/v1/devices/:id',
  'POST /api/v1/recovery-requests/:id/approve',
  'POST /api/v1/recovery-requests/:id/refuse',
  'POST /api/v1/sms-number/begin',
  'POST /api/v1/sms-number',
  'POST /api/v1/step-up/sms',
];

const changing = (Object.keys(table) as Key[]).filter(
  (key) => (!key.startsWith('GET ') || key === 'GET /api/v1/exports/:id/file') && table[key]!.permission !== 'anyone',
);
const bySession = (key: Key) => withClients.test(key) || investigations.test(key) || own.includes(key);
const walked = changing.filter((key) => !bySession(key) && !looks.includes(key) && !elsewhere.includes(key));

let running: InProcess;
let company: Company;
/** May do everything, and is no owner. */
let keeper: Colleague;
let target: Target;
/** Requests about rows that stand, where the example of the matrix names one that nobody has, or is refused before the act. */
let ownExamples: Partial<Record<Key, Example>>;
/** Requests that bring something that was made for them just before. */
let freshExamples: Partial<Record<Key, () => Promise<Example>>>;

before(async () => {
  running = await openInProcess();
  company = await setUpCompany(running.origin, running.setupToken);
  const { client } = company.owner;
  const ask = async (who: Colleague, key: Key, given: Parameters<typeof client.call>[1] = {}) => {
    const reply = await who.client.call(key, given);
    requireOk(reply);
    return reply.body;
  };
  const sales = await company.addDepartment('Продажі');
  const join = (name: string, email: string, role: Colleague['role'], departmentId: string) =>
    company.join({ name, email: `${email}@vezha.example`, role, departmentId });
  const head = await join('Ірина Савчук', 'iryna.savchuk', 'head', sales);
  const manager = await join('Тарас Мельник', 'taras.melnyk', 'manager', sales);
  const roles = (await ask(company.owner, 'GET /api/v1/roles')).roles as { id: string; key: string }[];
  const grants = Object.fromEntries(permissions.map((permission) => [permission, 'all']));
  const everything = await ask(company.owner, 'POST /api/v1/roles', { body: { name: 'Усе', grants } });
  keeper = await join('Богдан Романюк', 'bohdan.romaniuk', everything.id, company.rootId);
  const contactId = (await ask(keeper, 'POST /api/v1/contacts', { body: { lastName: 'Коваль' } })).id;
  const companyId = (await ask(keeper, 'POST /api/v1/companies', { body: { name: 'Майстерня Вежа' } })).id;
  const made = await ask(keeper, 'POST /api/v1/contacts/export', { body: { format: 'xlsx', protection: 'password' } });
  const asked = { body: { role: 'support', hours: 2, reason: 'Підміна' } };
  const elevation = { params: { id: (await ask(manager, 'POST /api/v1/profile/elevations', asked)).id } };
  const campaign = await ask(company.owner, 'POST /api/v1/reviews', { body: { dryRun: false } });
  const rights = (await ask(company.owner, 'GET /api/v1/reviews/:id', { params: { id: campaign.id } })).rights;
  const itemId = rights.find((right: { person: { id: string } }) => right.person.id === manager.personId).id;
  const provider = {
    name: 'Вхід',
    issuer: 'https://login.vezha.example',
    clientId: 'lubart',
    domains: ['vezha.example'],
  };
  const sso = await ask(company.owner, 'POST /api/v1/sso/providers', { body: provider });
  const watched = (await ask(company.owner, 'GET /api/v1/security/witnesses')).own;
  const dayFrom = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  const deputyship = { headId: head.personId, deputyId: keeper.personId, fromDay: dayFrom(2), untilDay: dayFrom(3) };
  const deputy = await ask(company.owner, 'POST /api/v1/deputies', { body: deputyship });
  target = {
    contactId,
    companyId,
    organizationId: company.organizationId,
    departmentId: sales,
    roleId: roles.find(({ key }) => key === 'marketer')!.id,
    personId: manager.personId,
    readyImportId: strangeId(),
    uploadingImportId: strangeId(),
    auditEntryId: strangeId(),
  };
  ownExamples = {
    'POST /api/v1/elevations/:id/approve': elevation,
    'POST /api/v1/elevations/:id/refuse': elevation,
    'POST /api/v1/elevations/:id/end': elevation,
    'POST /api/v1/reviews': { body: { dryRun: false } },
    'POST /api/v1/reviews/:id/answers': {
      params: { id: campaign.id },
      body: { answers: [{ itemId, answer: 'withdraw' }] },
    },
    'POST /api/v1/reviews/:id/close': { params: { id: campaign.id }, body: {} },
    'PATCH /api/v1/sso/providers/:id': { params: { id: sso.id }, body: { name: 'Інший' } },
    'POST /api/v1/deputies': { body: { ...deputyship, headId: keeper.personId, deputyId: manager.personId } },
    'DELETE /api/v1/deputies/:id': { params: { id: deputy.id } },
    'GET /api/v1/exports/:id/file': { params: { id: made.export.id } },
    'POST /api/v1/security/forwards': { body: { kind: 'file', form: 'ocsf' } },
    'POST /api/v1/security/anchors': {
      body: { everyMinutes: 60, settings: { telegram: { token: `123456:${'x'.repeat(35)}`, chat: '-1001' } } },
    },
    'POST /api/v1/security/witnesses': { body: { address: 'https://witness.vezha.example', key: watched.key } },
    'POST /api/v1/security/witnessed-logs': { body: { key: watched.logKey } },
    'PATCH /api/v1/profile': { body: { name: 'Богдан Інший' } },
    'POST /api/v1/profile/password': { body: { current: password, password: 'Три-слова-і-річка-9' } },
    'POST /api/v1/profile/email': { body: { email: 'inshyi@vezha.example', current: password } },
  };
  freshExamples = {
    'POST /api/v1/authenticators': async () => {
      const { ticket, otpauthUri } = await ask(keeper, 'POST /api/v1/authenticators/begin');
      return { body: { ticket, code: codeNow(URI.parse(otpauthUri) as TOTP), name: 'Ще один телефон' } };
    },
    'POST /api/v1/passkeys': async () => {
      const { ticket, options } = await ask(keeper, 'POST /api/v1/passkeys/begin');
      return { body: { ticket, name: 'Ключ', response: makeSoftKey(running.origin).create(options) } };
    },
  };
});

type Standing = { title: string; sql: (id: string) => string; back: (id: string) => string };
const ofKeeper = (id: string) => `id = '${id}'`;
/** What somebody else does to the keeper at this moment, and how it is taken back for the next route. */
const standings: readonly Standing[] = [
  {
    title: 'dismissed',
    sql: (id) => `UPDATE people SET deactivated_at = now() WHERE ${ofKeeper(id)}`,
    back: (id) => `UPDATE people SET deactivated_at = NULL WHERE ${ofKeeper(id)}`,
  },
  {
    title: 'without the right',
    sql: () => `UPDATE roles SET grants = '{}' WHERE name = 'Усе'`,
    back: () =>
      `UPDATE roles SET grants = '${JSON.stringify(Object.fromEntries(permissions.map((one) => [one, 'all'])))}' WHERE name = 'Усе'`,
  },
  {
    title: 'out of a session that was ended',
    sql: (id) => `UPDATE sessions SET ended_at = now() WHERE person_id = '${id}'`,
    back: (id) => `UPDATE sessions SET ended_at = NULL WHERE person_id = '${id}'`,
  },
];

/** How the request is answered when the standing changes after the frame has let it in, and before the act reads anything. */
async function askWhile(
  key: Key,
  { sql, back }: Standing,
): Promise<{ waited: boolean; code: string; request: string }> {
  const { admin, address } = running.test;
  const { params, body } = (await freshExamples[key]?.()) ?? ownExamples[key] ?? examples[key](target);
  const somebody = connect(address, 'admin');
  try {
    await somebody.unsafe(
      `BEGIN; SELECT 1 FROM people WHERE id = '${keeper.personId}' FOR UPDATE; ${sql(keeper.personId)}`,
    );
    let answered = false;
    const asking = keeper.client
      .call(key, { ...(params === undefined ? {} : { params }), ...(body === undefined ? {} : { body }) })
      .finally(() => (answered = true));
    const waited = await until('the act to come as far as the lock, or an answer', 30, async () => {
      // “Last seen” waits there too, and nobody waits for it.
      const rows = await admin`
        SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
          AND query NOT LIKE '%SET last_seen_at%'`;
      return rows.length > 0 ? { yes: true } : answered && { yes: false };
    });
    await somebody.unsafe('COMMIT');
    const reply = await asking;
    await admin.unsafe(back(keeper.personId));
    return {
      waited: waited.yes,
      code: reply.body.error?.code ?? String(reply.status),
      request: reply.headers.get('x-request-id')!,
    };
  } finally {
    await somebody.end({ timeout: 5 });
  }
}

test('no route is left out: each looks only, goes by the session for a reason that stands here, or is judged anew', () => {
  const named = [...looks, ...own, ...elsewhere];
  assert.deepEqual(
    named.filter((key) => !changing.includes(key)),
    [],
  );
  assert.equal(new Set(named).size, named.length);
  assert.ok(walked.length > 60, `only ${walked.length}`);
});

for (const standing of standings) {
  test(`whoever is ${standing.title} while the request is under way changes nothing any more`, async () => {
    const wrong: string[] = [];
    const requests: string[] = [];
    for (const key of walked) {
      const isAsked = table[key]!.permission !== 'signed-in';
      if (standing.title === 'without the right' && !isAsked) continue;
      const { waited, code, request } = await askWhile(key, standing);
      const isEnded = standing.title === 'out of a session that was ended' || !isAsked;
      const expected = isEnded ? 'session.expired' : 'access.denied';
      if (!waited || code !== expected) wrong.push(`${key}: ${waited ? '' : 'did not wait, '}${code}`);
      requests.push(request);
    }
    assert.deepEqual(wrong, []);
    await running.lubart.auditLog.flush();
    const done = await running.test.admin`
      SELECT event FROM audit_entries WHERE outcome <> 'refused'
        AND convert_from(bytes, 'UTF8')::json ->> 'request' IN ${running.test.admin(requests)}`;
    assert.deepEqual(
      done.map(({ event }) => event as string),
      [],
    );
  });
}

test('a right that becomes narrower while the request is under way reaches as far as it does then', async () => {
  const { client } = company.owner;
  const made = await client.call('POST /api/v1/contacts', { body: { lastName: 'Сторонній' } });
  requireOk(made);
  const { id } = made.body;
  requireOk(await client.call('POST /api/v1/contacts/:id/archive', { params: { id } }));
  const key = await client.call('POST /api/v1/api-keys', { body: { name: 'Сайт', roles: ['support'] } });
  requireOk(key);
  const plain = { format: 'csv', protection: 'plain', reason: 'Для перевірки' };
  const cases: readonly [Key, Example, narrower: Record<string, string>, code: string][] = [
    [
      'POST /api/v1/contacts/:id/erase',
      { params: { id }, body: { reason: 'asked' } },
      { 'contact.erase': 'own' },
      'contact.not_found',
    ],
    [
      'DELETE /api/v1/api-keys/:id',
      { params: { id: key.body.key.id } },
      { 'api-key.update': 'own' },
      'api-key.not_found',
    ],
    [
      'DELETE /api/v1/contacts/:id/shares/:shareId',
      { params: { id, shareId: strangeId() } },
      { 'contact.share': 'own' },
      'contact.not_found',
    ],
    ['POST /api/v1/contacts/export', { body: plain }, { 'contact.export-plain': 'none' }, 'access.denied'],
  ];
  const wrong: string[] = [];
  for (const [route, example, narrower, code] of cases) {
    ownExamples = { ...ownExamples, [route]: example };
    const lost = {
      ...standings[1]!,
      sql: () => `UPDATE roles SET grants = grants || '${JSON.stringify(narrower)}' WHERE name = 'Усе'`,
    };
    const answer = await askWhile(route, lost);
    if (!answer.waited || answer.code !== code) wrong.push(`${route}: ${answer.code}`);
  }
  assert.deepEqual(wrong, []);
});
