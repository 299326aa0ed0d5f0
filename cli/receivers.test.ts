/** `lubart receivers` as a real process: a file and a syslog server that asks who we are are added, tried, paused, and removed. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { makeClients } from '../server/protections/audit-log/forwarding/clients.fixture.ts';
import { syslogServer } from '../server/protections/audit-log/forwarding/syslog-server.fixture.ts';
import { makeAuthority } from '../server/protections/encryption/transit/certificates.fixture.ts';
import type { Company } from '../test/running-lubart.ts';
import { makePlace, setUpCompany, startLubart } from '../test/running-lubart.ts';
import type { CommandLine } from './command-line.fixture.ts';
import { openCommandLine } from './command-line.fixture.ts';

type Receiver = { id: string; address: string; waiting: number; problem: string | null; pausedAt: string | null };
type Changed = Receiver & { form: string; next: number; client: { subject: string; time: string } | null };
let lubart: CommandLine;
let company: Company;
let settings: { env: Record<string, string> };
const owner = ['--as', 'olena.kovalenko@vezha.example'];
const receivers = <T>(args: readonly string[]) => lubart.json<T>(['receivers', ...args, ...owner], settings);

before(async () => {
  const place = makePlace();
  const running = await startLubart(place);
  company = await setUpCompany(running.origin, running.setupToken!);
  settings = { env: { LUBART_DATA: place.dataFolder, LUBART_KEYS: place.keyFile } };
  lubart = await openCommandLine();
});
after(() => lubart.close());

test('a file is added, what is sent is in it, and it is paused, resumed and removed', async () => {
  const { data, code } = await receivers<{ receiver: Receiver; secret: null }>(['add', 'file', '--from-beginning']);
  assert.equal(code, 0, JSON.stringify(data));
  const { id, address } = data.receiver;
  const tried = await receivers<{ receiver: Receiver & { sent: number } }>(['try', id]);
  assert.deepEqual([tried.code, tried.data.receiver.problem], [0, null]);
  const lines = (await readFile(address, 'utf8')).trim().split('\n');
  assert.ok(lines.length >= tried.data.receiver.sent && lines.length > 0);
  assert.ok((await receivers<{ receiver: Receiver }>(['pause', id])).data.receiver.pausedAt !== null);
  assert.notEqual((await receivers(['try', id])).code, 0, 'nothing is sent to a paused one');
  assert.equal((await receivers<{ receiver: Receiver }>(['resume', id])).data.receiver.pausedAt, null);
  assert.match((await lubart.run(['receivers', 'show', id, ...owner], settings)).stdout, /arrives/);
  assert.equal((await receivers(['remove', id])).code, 0);
  assert.deepEqual((await receivers<{ receivers: Receiver[] }>(['list'])).data.receivers, []);
});

test('a syslog server that asks who we are gets the log; one that is away is said with exit code 6', async () => {
  const clients = makeClients();
  const authority = makeAuthority();
  const siem = await syslogServer({
    ...authority.issue(['127.0.0.1']),
    ca: clients.pem,
    requestCert: true,
  });
  try {
    const { certificate, key } = clients.issue();
    const files = { authority: authority.pem, 'client-certificate': certificate, 'client-key': key };
    const options: string[] = [];
    for (const [name, text] of Object.entries(files)) {
      const file = join(lubart.folder, name);
      await writeFile(file, text);
      options.push(`--${name}`, file);
    }
    const added = await lubart.run(
      ['receivers', 'add', 'syslog', '--address', siem.address, ...options, '--from-beginning', ...owner, '--json'],
      settings,
    );
    assert.equal(added.code, 0, added.stdout + added.stderr);
    assert.ok(!added.stdout.includes(key.split('\n')[1]!), 'the key is not shown');
    const { id } = (JSON.parse(added.stdout) as { receiver: Receiver }).receiver;
    assert.equal((await receivers(['try', id])).code, 0);
    assert.ok(siem.messages.length > 0);

    // It is changed, and goes on from its place.
    const next = clients.issue('lubart-2', 10);
    const [newCertificate, newKey] = [join(lubart.folder, 'new.crt'), join(lubart.folder, 'new.key')];
    await Promise.all([writeFile(newCertificate, next.certificate), writeFile(newKey, next.key)]);
    const before = (await receivers<{ receivers: Changed[] }>(['list'])).data.receivers[0]!;
    const changed = await receivers<{ receiver: Changed }>([
      'change',
      id,
      '--client-certificate',
      newCertificate,
      '--client-key',
      newKey,
      '--form',
      'cef',
    ]);
    assert.equal(changed.code, 0);
    const { form, client, next: place } = changed.data.receiver;
    assert.deepEqual([form, client?.subject, client?.time], ['cef', 'CN=lubart-2', 'ends_soon']);
    assert.ok(place >= before.next);
    assert.match((await lubart.run(['receivers', 'show', id, ...owner], settings)).stdout, /lubart-2, \S+ ✖ ends soon/);
    assert.equal((await receivers(['try', id])).code, 0);
    assert.match(siem.messages.at(-1)!, /CEF:/);
    assert.equal(
      (await lubart.run(['receivers', 'change', id, ...owner], settings)).code,
      2,
      'nothing is to be changed',
    );
    const both = ['--drop-client', '--client-certificate', newCertificate, '--client-key', newKey];
    assert.equal((await lubart.run(['receivers', 'change', id, ...both, ...owner], settings)).code, 2);
    assert.equal((await receivers<{ receiver: Changed }>(['change', id, '--drop-client'])).data.receiver.client, null);
    assert.equal((await receivers(['try', id])).code, 6, 'the server takes nothing from strangers');
    await siem.close();
    const away = await lubart.run(['receivers', 'try', id, ...owner], settings);
    assert.deepEqual([away.code, away.stdout.trim()], [6, '✖ does not answer']);
  } finally {
    await siem.close();
  }
});

test('whoever may not change protections adds nothing, and it is written down', async () => {
  const departmentId = await company.addDepartment('Продажі');
  const email = 'taras.melnyk@vezha.example';
  await company.join({ name: 'Тарас Мельник', email, role: 'manager', departmentId });
  const { code } = await lubart.run(['receivers', 'add', 'file', '--as', email], settings);
  assert.notEqual(code, 0);
  const log = await company.owner.client.call('GET /api/v1/audit-entries?event=security.update.denied');
  assert.equal(log.body.rows.length, 1);
});
