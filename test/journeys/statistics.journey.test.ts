/** Numbers about clients: exact for the owner, of any period; for who does not see the clients, without small groups, and it says why. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { Colleague, Company } from '../running-lubart.ts';
import { makeReadyPlace, requireOk, setUpCompany, signIn, startLubart } from '../running-lubart.ts';
import type { Visitor } from './browser.ts';
import { browserPath, checkAccessible, openVisitor } from './browser.ts';

const skip = browserPath === undefined ? 'no Chromium on this machine' : false;
let company: Company;
let owner: Visitor;
let analyst: Visitor;

before(async () => {
  if (skip !== false) return;
  const running = await startLubart(await makeReadyPlace());
  company = await setUpCompany(running.origin, running.setupToken!);
  const sales = await company.addDepartment('Продажі');
  const join = (name: string, email: string) =>
    company.join({ name, email: `${email}@vezha.example`, role: 'manager', departmentId: sales });
  const manager = await join('Тарас Мельник', 'taras.melnyk');
  const colleague = await join('Соломія Ткачук', 'solomiia.tkachuk');
  const reader = await join('Дарина Поліщук', 'daryna.polishchuk');
  const make = async (who: Colleague, stage: string, count: number) => {
    for (let at = 0; at < count; at += 1) {
      requireOk(await who.client.call('POST /api/v1/contacts', { body: { lastName: `Клієнт`, stage, tags: ['vip'] } }));
    }
  };
  await make(manager, 'new', 9);
  await make(manager, 'customer', 6);
  await make(colleague, 'new', 7);
  await make(colleague, 'inactive', 2);
  const role = await company.owner.client.call('POST /api/v1/roles', {
    body: { name: 'Аналітик', grants: { 'contact.statistics': 'all' }, fieldRights: {} },
  });
  requireOk(role);
  const body = { roles: [role.body.id] };
  requireOk(await company.owner.client.call('PATCH /api/v1/people/:id', { params: { id: reader.personId }, body }));
  owner = await browserOf(company.owner.client.cookie);
  // Another role ends the sessions of a person.
  await signIn(reader.client, reader);
  analyst = await browserOf(reader.client.cookie);
});

async function browserOf(cookie: string): Promise<Visitor> {
  const visitor = await openVisitor(company.origin);
  const [name, value] = cookie.split('=') as [string, string];
  await visitor.context.addCookies([{ name, value, url: company.origin }]);
  return visitor;
}

const picture = async (page: Page, name: string) => {
  const folder = process.env['LUBART_PICTURES'];
  if (folder !== undefined) await page.screenshot({ path: `${folder}/statistics-${name}.png`, fullPage: true });
};

test('the owner sees every group however small, and chooses a period', { skip }, async () => {
  const { page } = owner;
  await page.goto(`${company.origin}/contacts`);
  await page.getByRole('link', { name: 'Показники' }).click();
  await page.getByText('клієнтів зараз, без кошика').waitFor();
  await page
    .getByRole('table', { name: 'За стадіями' })
    .getByRole('row', { name: /Неактивний.*2/ })
    .waitFor();
  await page.getByRole('row', { name: /Тарас Мельник 9 — — 6 — 15/ }).waitFor();
  await checkAccessible(page, 'statistics');
  await picture(page, 'owner');
  await page.getByLabel('Коли створено').selectOption('2023');
  await page.getByText('За цей період нікого не створено. Виберіть інший.').waitFor();
  await picture(page, 'empty');
  await page.getByRole('main').getByText('Компанії', { exact: true }).click();
  await page.getByText('Рахувати ще нічого').waitFor();
});

test('who does not see the clients sees no group of two, no period, and why', { skip }, async () => {
  const { page } = analyst;
  await page.goto(`${company.origin}/statistics`);
  await page.getByText('Малі групи приховано').waitFor();
  await page.getByText('Решта разом').first().waitFor();
  assert.equal(await page.getByText('Неактивний').count(), 0);
  assert.equal(await page.getByLabel('Коли створено').count(), 0);
  await checkAccessible(page, 'statistics without clients');
  await picture(page, 'hidden');
  await page.setViewportSize({ width: 390, height: 844 });
  await checkAccessible(page, 'statistics without clients, narrow');
  await picture(page, 'hidden-narrow');
});

test('narrow, dark and in English', { skip }, async () => {
  const { page } = owner;
  requireOk(await company.owner.client.call('PATCH /api/v1/profile', { body: { language: 'en' } }));
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.goto(`${company.origin}/statistics`);
  await page.getByText('clients now, without the trash').waitFor();
  await checkAccessible(page, 'statistics, English, dark');
  await picture(page, 'english');
  await page.setViewportSize({ width: 390, height: 844 });
  await checkAccessible(page, 'statistics, narrow');
  await picture(page, 'english-narrow');
  assert.deepEqual([...owner.troubles, ...analyst.troubles], []);
});
