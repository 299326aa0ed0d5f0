/**
 * A certificate that nobody renews is told to whoever keeps the protections: by letter, once a day, in their language, on the page of the
 * connection, in the log and in posture; and all of it is quiet again when a good one lies there.
 */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { jobs } from '#jobs';
import { openAcmeServer } from '../server/protections/encryption/transit/acme-server.fixture.ts';
import { makeClients } from '../server/protections/audit-log/forwarding/clients.fixture.ts';
import { makeAuthority, writePair } from '../server/protections/encryption/transit/certificates.fixture.ts';
import { freePort, makeTestFolder } from './harness.ts';
import { openPostOffice } from './post-office.ts';
import type { Company, InProcess } from './running-lubart.ts';
import { openInProcess, requireOk, setUpCompany, until } from './running-lubart.ts';

const folder = makeTestFolder();
const authority = makeAuthority();
setDefaultCACertificates([...getCACertificates('default'), authority.pem]);
after(() => folder.remove());

/** A pair whose file holds the whole chain. */
const issue = (days?: { from: number; until: number }) => {
  const { cert, key } = authority.issue(['localhost'], days);
  return { cert: cert + authority.pem, key };
};
const page = async (company: Company) => {
  const reply = await company.owner.client.call('GET /api/v1/security/connection');
  requireOk(reply);
  return reply.body;
};
const holds = ({ lubart }: InProcess) => lubart.posture.find(({ id }) => id === 'transit.certificate_holds')!.run();
const warnings = async ({ lubart }: InProcess, company: Company) => {
  await lubart.auditLog.flush();
  const reply = await company.owner.client.call('GET /api/v1/audit-entries', {
    query: { event: 'system.certificate_warned' },
  });
  requireOk(reply);
  return reply.body.rows as { level: string; facts: Record<string, unknown> }[];
};
/** Until every look that was asked for is over. */
const jobsOver = ({ lubart, test: { admin } }: InProcess) =>
  until('the looks', 20, async () => {
    await lubart.auditLog.flush();
    const asked = await admin`SELECT state FROM lubart_jobs.job WHERE name = ${jobs.watchCertificates}`;
    return asked.every((one) => one['state'] === 'completed');
  });

test('own files that end in ten days are told to owners and security officers, each in their language, once', async () => {
  const office = await openPostOffice();
  const tls = writePair(folder.path, issue());
  const running = await openInProcess(undefined, { tls, mail: office.settings });
  const company = await setUpCompany(running.origin, running.setupToken);
  const officer = await company.join({
    name: 'Ганна Шевчук',
    email: 'hanna.shevchuk@vezha.example',
    role: 'security-officer',
    departmentId: company.rootId,
  });
  const manager = await company.join({
    name: 'Тарас Мельник',
    email: 'taras.melnyk@vezha.example',
    role: 'manager',
    departmentId: company.rootId,
  });
  requireOk(await officer.client.call('PATCH /api/v1/profile', { body: { language: 'en' } }));
  // Only now, when all are there: what is looked at by itself after the start tells once a day, too.
  writePair(folder.path, issue({ from: -80, until: 10 }));
  await running.lubart.reloadCertificate();
  const watch = () => running.lubart.jobs.ask(jobs.watchCertificates, {});
  const about = (to: string) => office.to(to).filter(({ subject }) => /ертифікат|ertificate/.test(subject));
  await watch();
  const letters = await until('both letters', 20, async () => {
    const found = [...about(company.owner.email), ...about(officer.email)];
    return found.length === 2 && found;
  });
  assert.equal(letters[0]!.subject, 'Строк сертифіката Lubart спливає');
  assert.match(letters[0]!.text, /Lubart компанії «Вежа» \(localhost\), діє до \d+ \S+ 20\d\d/);
  assert.ok(letters[0]!.text.includes(`${running.origin}/security/connection`));
  assert.equal(letters[1]!.subject, 'The certificate of Lubart ends soon');
  assert.match(letters[1]!.text, /Lubart does not renew it by itself/);

  await watch();
  await jobsOver(running);
  assert.equal(about(company.owner.email).length, 1, 'once a day');
  assert.equal(about(manager.email).length, 0);
  const [entry, ...more] = await warnings(running, company);
  assert.deepEqual([entry?.level, entry?.facts['reason'], more.length], ['system', 'ends_soon', 0]);
  assert.deepEqual([(await page(company)).trouble, (await page(company)).renewal], ['ends_soon', null]);
  const red = await holds(running);
  assert.deepEqual([red.ok, red.evidence['trouble']], [false, 'ends_soon']);

  writePair(folder.path, issue());
  await running.lubart.reloadCertificate();
  assert.equal((await page(company)).trouble, null);
  assert.equal((await holds(running)).ok, true);
});

test('an authority that gives no other: Lubart starts with the old one, and owners are told why and until when', async () => {
  const [office, acme, port] = [await openPostOffice(), await openAcmeServer(authority, 'localhost'), await freePort()];
  try {
    const place = join(folder.path, 'kept');
    mkdirSync(place, { mode: 0o700 });
    const files = { certFile: join(place, 'certificate.pem'), keyFile: join(place, 'certificate.key') };
    const pair = issue({ from: -80, until: 10 });
    writeFileSync(files.certFile, pair.cert);
    writeFileSync(files.keyFile, pair.key, { mode: 0o600 });
    acme.mood = 'rate_limited';
    const running = await openInProcess(undefined, {
      tls: files,
      certificateFrom: { kind: 'acme', directory: acme.directory, folder: place },
      origin: `https://localhost:${port}`,
      port,
      mail: office.settings,
    });
    const company = await setUpCompany(running.origin, running.setupToken);
    const view = await until('the failure', 20, async () => {
      const seen = await page(company);
      return seen.trouble !== null && seen;
    });
    assert.equal(view.trouble, 'authority_refused');
    const waits = Date.parse(view.renewal.nextTryAt) - Date.parse(view.renewal.failsSince);
    assert.equal(waits, 5 * 3_600_000, 'as long as the authority wished');
    await running.lubart.jobs.ask(jobs.watchCertificates, {});
    const letter = await until('the letter', 20, async () => office.to(company.owner.email)[0]);
    assert.equal(letter.subject, 'Сертифікат Lubart не поновлено');
    assert.match(letter.text, /центр сертифікації відмовив/);
    const [entry] = await warnings(running, company);
    assert.deepEqual([entry?.facts['reason'], entry?.facts['people']], ['authority_refused', 1]);
    assert.equal((await holds(running)).evidence['trouble'], 'authority_refused');
  } finally {
    await acme.close();
  }
});

test('a certificate for a receiver of the log that ends is told by letter, on its card, in the log and in posture', async () => {
  const office = await openPostOffice();
  const running = await openInProcess(undefined, { mail: office.settings });
  const company = await setUpCompany(running.origin, running.setupToken);
  const { client } = company.owner;
  const clients = makeClients();
  const add = async (address: string, untilDays: number) => {
    const added = await client.call('POST /api/v1/security/forwards', {
      body: { kind: 'syslog', form: 'ocsf', address, client: clients.issue('lubart', untilDays) },
    });
    requireOk(added);
    return added.body.forward as { id: string; client: { time: string } };
  };
  const [fine, ending] = [await add('siem.vezha.example:6514', 90), await add('zapas.vezha.example:6514', 10)];
  assert.deepEqual([fine.client.time, ending.client.time], ['enough', 'ends_soon']);
  await running.lubart.jobs.ask(jobs.watchCertificates, {});
  const letter = await until('the letter', 20, async () => office.to(company.owner.email)[0]);
  assert.equal(letter.subject, 'Спливає сертифікат для отримувача журналу');
  assert.match(letter.text.replaceAll('\u2060', ''), /надсилають на zapas\.vezha\.example:6514\./);
  assert.ok(letter.text.includes(`${running.origin}/security/receivers`));
  await running.lubart.jobs.ask(jobs.watchCertificates, {});
  await jobsOver(running);
  assert.equal(office.to(company.owner.email).length, 1, 'once a week');
  const { body } = await client.call('GET /api/v1/audit-entries', { query: { event: 'forward.client_ending' } });
  assert.equal(body.rows.length, 1);
  assert.equal(body.rows[0].facts.reason, 'ends_soon');
  const check = running.lubart.posture.find(({ id }) => id === 'audit-log.client_certificates')!;
  assert.deepEqual(await check.run(), { ok: false, evidence: { certificates: 2, endSoon: 1, over: 0 } });
  requireOk(
    await client.call(`PATCH /api/v1/security/forwards/${ending.id}`, { body: { client: clients.issue('lubart') } }),
  );
  assert.equal((await check.run()).ok, true);
});
