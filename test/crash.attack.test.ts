/**
 * Attack: what a process leaves behind when it dies, or when its operator asks it for a diagnosis: what it says at the end, and the
 * reports of Node (`--report-on-fatalerror`, `--report-uncaught-exception`, `--report-on-signal`), which go to whoever mends it. No
 * client and no password of a service may stand in them. Core dumps are the operator’s to switch off (docs/operations.md).
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { held } from './crash.fixture.ts';
import type { Company, LubartProcess } from './running-lubart.ts';
import { makePlace, requireOk, setUpCompany, startLubart, until } from './running-lubart.ts';

const services = {
  LUBART_SMTP_URL: 'smtp://crm:zamok-nad-styrom-77@127.0.0.1:9',
  LUBART_MAIL_FROM: 'crm@vezha.example',
};
const contact = { lastName: 'Громовідлунник', notes: 'Телефонувати лише після заходу сонця' };
const place = makePlace();
const reports = join(place.dataFolder, '..', 'reports');
let running: LubartProcess;
let company: Company;

before(async () => {
  mkdirSync(reports);
  running = await start();
  company = await setUpCompany(running.origin, running.setupToken!);
  const made = await company.owner.client.call('POST /api/v1/contacts', { body: contact });
  requireOk(made);
});

function start(): Promise<LubartProcess> {
  const fixture = new URL('crash.fixture.ts', import.meta.url).href;
  const asked = [
    '--report-on-fatalerror',
    '--report-uncaught-exception',
    '--report-on-signal',
    '--report-signal=SIGUSR2',
  ];
  const switches = [...asked, `--report-directory=${reports}`, '--max-old-space-size=256', '--import', fixture];
  return startLubart(place, { ...services, TEST_CRASH: 'yes' }, [], switches);
}

const secrets = ['zamok-nad-styrom-77', ...Object.values(contact), ...Object.values(held), held.name.split(' ')[0]!];

function requireQuiet(text: string, what: string): void {
  for (const secret of secrets) {
    const escaped = JSON.stringify(secret).slice(1, -1);
    assert.ok(!text.includes(secret) && !text.includes(escaped), `${what} holds ${secret}`);
  }
}

/** The report that was written since, whole. */
async function newReport(known: readonly string[]): Promise<string> {
  const name = await until('a report', 30, async () => readdirSync(reports).find((one) => !known.includes(one)));
  return until('the end of the report', 30, async () => {
    const text = readFileSync(join(reports, name), 'utf8');
    return text.trimEnd().endsWith('}') && text;
  });
}

test('the eye sees what a report of Node says when nobody shut the doors: the password of a service', () => {
  const text = execFileSync(process.execPath, ['-e', 'console.log(JSON.stringify(process.report.getReport()))'], {
    env: services,
    encoding: 'utf8',
    maxBuffer: 100_000_000,
  });
  assert.throws(() => requireQuiet(text, 'a report'), /zamok-nad-styrom-77/);
});

test('a report that the operator asks for holds no environment and no client', async () => {
  process.kill(running.pid, 'SIGUSR2');
  const text = await newReport([]);
  requireQuiet(text, 'the report');
  const report = JSON.parse(text) as { header: Record<string, unknown>; environmentVariables?: unknown };
  assert.deepEqual([report.environmentVariables, report.header['networkInterfaces']], [undefined, undefined]);
});

test('the signal that opens the debugger to every account of the machine opens nothing', async () => {
  process.kill(running.pid, 'SIGUSR1');
  await sleep(500);
  assert.ok(!running.output().includes('Debugger'), running.output());
  requireOk(await company.owner.client.call('GET /api/v1/contacts'));
});

test('a mistake of ours with a client in its hands ends the server with its kind and place, and with no value', async () => {
  const known = readdirSync(reports);
  process.kill(running.pid, 'SIGURG');
  assert.equal((await running.exited).code, 1);
  assert.match(running.output(), /"msg":"fatal error"/);
  assert.match(running.output(), /crash\.fixture\.ts/);
  requireQuiet(running.output(), 'what it said');
  for (const name of readdirSync(reports).filter((one) => !known.includes(one)))
    requireQuiet(readFileSync(join(reports, name), 'utf8'), 'the report');
});

test('memory that runs out, which nothing of ours can catch, leaves a report without values too', async () => {
  running = await start();
  const known = readdirSync(reports);
  process.kill(running.pid, 'SIGIO');
  const text = await newReport(known);
  assert.notEqual((await running.exited).code, 0);
  assert.match(running.output(), /heap limit|out of memory/i);
  requireQuiet(running.output(), 'what it said');
  requireQuiet(text, 'the report');
  assert.equal((JSON.parse(text) as { environmentVariables?: unknown }).environmentVariables, undefined);
});
