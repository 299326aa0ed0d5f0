/** A manager leaves: the owner sees what will happen, says who takes the clients, and has a certificate to print. */
import assert from 'node:assert/strict';
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

before(async () => {
  if (skip !== false) return;
  const running = await startLubart(makePlace());
  company = await setUpCompany(running.origin, running.setupToken!);
  const north = await company.addDepartment('Продажі: північ');
  const join = (name: string, email: string) =>
    company.join({ name, email: `${email}@vezha.example`, role: 'manager', departmentId: north });
  manager = await join('Тарас Мельник', 'taras.melnyk');
  await join('Соломія Ткачук', 'solomiia.tkachuk');
  requireOk(await manager.client.call('POST /api/v1/contacts', { body: { lastName: 'Коваль' } }));
  owner = await openVisitor(company.origin);
  const [name, value] = company.owner.client.cookie.split('=') as [string, string];
  await owner.context.addCookies([{ name, value, url: company.origin }]);
});

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const picture = async (page: Page, name: string) => {
  const folder = process.env['LUBART_PICTURES'];
  if (folder !== undefined) await page.screenshot({ path: `${folder}/leaving-${name}.png` });
};

test('the owner asks where the clients go before somebody is moved', { skip }, async () => {
  const { page } = owner;
  await page.goto(`${company.origin}/people`);
  await button(page, 'Змінити: Тарас Мельник').click();
  await button(page, 'Перевести до іншого відділу').click();
  await page.getByText('Клієнти, яких треба передати: контакти — 1, компанії — 0').waitFor();
  await page.getByRole('radio', { name: 'Залишаться у відділі' }).check();
  await checkAccessible(page, 'moving');
  await picture(page, 'move');
  await button(page, 'Скасувати').click();
});

test('a manager leaves: numbers first, then the heir, then the certificate', { skip }, async () => {
  const { page } = owner;
  await button(page, 'Змінити: Тарас Мельник').click();
  await button(page, 'Оформити звільнення').click();
  await page.getByText('Завершення відкритих сеансів').waitFor();
  await checkAccessible(page, 'leaving: what will happen');
  await picture(page, 'plan');
  await button(page, 'Далі').click();
  await page.getByLabel('Хто прийме клієнтів').selectOption({ label: 'Соломія Ткачук' });
  await checkAccessible(page, 'leaving: who takes the clients');
  await picture(page, 'heir');
  await button(page, 'Припинити доступ і передати').click();
  await page.getByText('Доступ припинено, клієнтів передано.').waitFor();
  assert.equal((await manager.client.call('GET /api/v1/session')).status, 401);
  await page.getByRole('link', { name: 'Відкрити акт' }).click();
  await page.getByRole('heading', { name: 'Акт про припинення доступу' }).waitFor();
  await page.getByRole('row', { name: /Соломія Ткачук 1 0/ }).waitFor();
  await checkAccessible(page, 'the certificate');
  await picture(page, 'certificate');
  await page.setViewportSize({ width: 390, height: 844 });
  await checkAccessible(page, 'the certificate, narrow');
  await picture(page, 'certificate-narrow');
  assert.deepEqual(owner.troubles, []);
});
