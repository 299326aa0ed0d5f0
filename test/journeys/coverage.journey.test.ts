/**
 * The owner demands a key of managers and sees who lacks one; a manager who is in gets no further than the page where it is added.
 */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { openClient } from '../client.ts';
import { makeTestFolder } from '../harness.ts';
import type { Colleague, Company, InProcess } from '../running-lubart.ts';
import { codeNow, openInProcess, password, requireOk, setUpCompany } from '../running-lubart.ts';
import { makeMaker } from '../soft-key.ts';
import type { Visitor } from './browser.ts';
import { browserPath, checkAccessible, openVisitor } from './browser.ts';

const skip = browserPath === undefined ? 'no Chromium on this machine' : false;
let running: InProcess;
let company: Company;
let manager: Colleague;
let owner: Visitor;
let worker: Visitor;

before(async () => {
  if (skip !== false) return;
  running = await openInProcess();
  company = await setUpCompany(running.origin, running.setupToken);
  manager = await company.join({
    name: 'Тарас Мельник',
    email: 'taras.melnyk@vezha.example',
    role: 'manager',
    departmentId: company.rootId,
  });
  owner = await openAs(company.owner);
  worker = await openAs(manager);
});

async function openAs(who: Colleague): Promise<Visitor> {
  const visitor = await openVisitor(company.origin);
  const [name = '', value = ''] = who.client.cookie.split('=');
  await visitor.context.addCookies([{ name, value, url: company.origin }]);
  return visitor;
}

/** The page goes on in a session that was opened with password and code. */
async function enterByCode(): Promise<void> {
  const client = openClient(company.origin);
  const begun = await client.call('POST /api/v1/sign-in', { body: { email: manager.email, password } });
  const body = { ticket: begun.body.ticket, code: codeNow(manager.totp, 1) };
  requireOk(await client.call('POST /api/v1/sign-in/code', { body }));
  const [name = '', value = ''] = client.cookie.split('=');
  await worker.context.addCookies([{ name, value, url: company.origin }]);
}

async function look(page: Page, name: string): Promise<void> {
  for (const width of [1360, 390]) {
    await page.setViewportSize({ width, height: 860 });
    await checkAccessible(page, `${name} ${width}`);
  }
  await page.setViewportSize({ width: 1360, height: 860 });
}

const demandKey = async (graceDays: number, level: 'any' | 'key' | 'attested' = 'key', roots: string[] = []) => {
  const { body } = await company.owner.client.call('GET /api/v1/security/rules');
  const roles = [{ role: 'manager', level, since: null }];
  const factors = { ...body.factors, graceDays, roles, attested: { models: [], roots } };
  const change = { version: body.version, change: { factors } };
  requireOk(await company.owner.client.call('PUT /api/v1/security/rules', { body: change }));
};

test('in the days of grace a manager is told until when, and the owner sees who has to hurry', { skip }, async () => {
  await demandKey(7);
  await worker.page.goto(`${company.origin}/contacts`);
  await worker.page.getByText(/Додайте ключ доступу або апаратний ключ до/).waitFor();
  await owner.page.goto(`${company.origin}/security/coverage`);
  await owner.page
    .getByRole('row', { name: /Тарас Мельник/ })
    .getByText(/Має час до/)
    .waitFor();
  await look(owner.page, 'coverage');
  await owner.page.goto(`${company.origin}/security/sign-in`);
  await owner.page.getByRole('heading', { name: 'Чим підтверджують вхід' }).waitFor();
  await look(owner.page, 'factor rules');
});

test(
  'when they are over, a click in an open page leads to the wall, and the key is added right there',
  { skip },
  async () => {
    const { page, context } = worker;
    await demandKey(0);
    await page.getByRole('link', { name: 'Компанії' }).click();
    await page.getByRole('heading', { name: 'Спершу захистіть вхід' }).waitFor();
    await look(page, 'wall');
    const session = await context.newCDPSession(page);
    await session.send('WebAuthn.enable');
    await session.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
      },
    });
    await page.getByRole('button', { name: 'Додати ключ доступу' }).click();
    await page.getByRole('textbox').fill('Ноутбук');
    await page.getByRole('dialog').getByRole('button').last().click();
    await page.getByRole('heading', { name: 'Компанії', level: 1 }).waitFor();
  },
);

test('who came in without the key confirms with it on the wall, and goes on', { skip }, async () => {
  const { page } = worker;
  await demandKey(0, 'any');
  await enterByCode();
  await demandKey(0);
  await page.goto(`${company.origin}/companies`);
  await page.getByRole('heading', { name: 'Підтвердьте вхід' }).waitFor();
  await page.getByText(/Підійдуть: Ноутбук/).waitFor();
  await page.getByRole('button', { name: 'Ввести код відновлення' }).waitFor();
  await look(page, 'wall: prove');
  await page.getByRole('button', { name: 'Підтвердити ключем' }).click();
  await page.getByRole('heading', { name: 'Компанії', level: 1 }).waitFor();
});

test('after the password only the key is asked for, and why; the door takes it', { skip }, async () => {
  const { page } = worker;
  await page.context().clearCookies({ name: /^lubart$/ });
  await page.goto(`${company.origin}/sign-in`);
  await page.getByLabel('Електронна пошта').fill(manager.email);
  await page.getByLabel('Пароль', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Далі' }).click();
  await page.getByText(/тому коду тут замало/).waitFor();
  await page.getByText(/Немає телефону/).waitFor();
  await look(page, 'the door: a key is demanded');
  assert.equal(await page.getByLabel('Код із застосунку').count(), 0);
  await page.getByRole('button', { name: 'Підтвердити ключем доступу' }).click();
  await page.getByRole('button', { name: /Тарас Мельник/ }).waitFor();
});

test('a key that its maker does not vouch for is there, and is not enough', { skip }, async () => {
  const { page } = worker;
  const folder = makeTestFolder();
  await demandKey(0, 'attested', [makeMaker(folder.path, 'Varta', 'f8a011f3-8c0a-4d15-8006-17111f9edc7d').root]);
  folder.remove();
  await page.goto(`${company.origin}/companies`);
  await page.getByText('Ключ додано, але його замало').waitFor();
  await page.getByText(/Ваші ключі: Ноутбук/).waitFor();
  await look(page, 'wall: not vouched for');
  await demandKey(0, 'any');
});

test('the first factor of all is followed by recovery codes, before anything else opens', { skip }, async () => {
  const { page } = worker;
  const { admin } = running.test;
  // As if made at the first sign-in by a provider: nothing to prove oneself with.
  for (const table of ['authenticators', 'passkeys', 'recovery_codes'])
    await admin.unsafe(`DELETE FROM ${table} WHERE person_id = '${manager.personId}'`);
  await admin`UPDATE sessions SET factors = '{sso}', proved_at = NULL WHERE person_id = ${manager.personId}`;
  await page.waitForTimeout(1_200);
  await page.goto(`${company.origin}/companies`);
  await page.getByRole('heading', { name: 'Спершу захистіть вхід' }).waitFor();
  await page.getByRole('button', { name: 'Додати ключ доступу' }).click();
  await page.getByRole('textbox').fill('Новий ноутбук');
  await page.getByRole('dialog').getByRole('button').last().click();
  await page.getByRole('heading', { name: 'Збережіть коди відновлення' }).waitFor();
  await look(page, 'wall: recovery codes');
  await page.getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Почати роботу' }).click();
  await page.getByRole('heading', { name: 'Компанії', level: 1 }).waitFor();
  await page.goto(`${company.origin}/profile`);
  await page.getByText('Залишилося 10 кодів').waitFor();
});
