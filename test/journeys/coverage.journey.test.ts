/**
 * The owner demands a key of managers and sees who lacks one; a manager who is in gets no further than the page where it is added.
 */
import { before, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { Colleague, Company } from '../running-lubart.ts';
import { makePlace, requireOk, setUpCompany, startLubart } from '../running-lubart.ts';
import type { Visitor } from './browser.ts';
import { browserPath, checkAccessible, openVisitor } from './browser.ts';

const skip = browserPath === undefined ? 'no Chromium on this machine' : false;
let company: Company;
let manager: Colleague;
let owner: Visitor;
let worker: Visitor;

before(async () => {
  if (skip !== false) return;
  const running = await startLubart(makePlace());
  company = await setUpCompany(running.origin, running.setupToken!);
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

async function look(page: Page, name: string): Promise<void> {
  for (const width of [1360, 390]) {
    await page.setViewportSize({ width, height: 860 });
    await checkAccessible(page, `${name} ${width}`);
  }
  await page.setViewportSize({ width: 1360, height: 860 });
}

const demandKey = async (graceDays: number) => {
  const { body } = await company.owner.client.call('GET /api/v1/security/rules');
  const factors = { ...body.factors, graceDays, roles: [{ role: 'manager', level: 'key', since: null }] };
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
