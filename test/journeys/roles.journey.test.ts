/**
 * The owner looks at a role, gives managers more, sees before saving for whom and how much, and saves; then learns of a person
 * what she sees, and of a client who sees it. A manager is shown her own rights and no roles.
 */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { Colleague, Company } from '../running-lubart.ts';
import { makeReadyPlace, requireOk, setUpCompany, startLubart } from '../running-lubart.ts';
import type { Visitor } from './browser.ts';
import { browserPath, checkAccessible, openVisitor } from './browser.ts';

const skip = browserPath === undefined ? 'no Chromium on this machine' : false;

let company: Company;
let manager: Colleague;
let owner: Visitor;
let contactId = '';

before(async () => {
  if (skip !== false) return;
  const running = await startLubart(await makeReadyPlace());
  company = await setUpCompany(running.origin, running.setupToken!);
  const north = await company.addDepartment('Продажі: північ');
  const join = (name: string, email: string) =>
    company.join({ name, email: `${email}@vezha.example`, role: 'manager', departmentId: north });
  manager = await join('Тарас Мельник', 'taras.melnyk');
  const colleague = await join('Соломія Ткачук', 'solomiia.tkachuk');
  for (const who of [manager, colleague, colleague]) {
    const made = await who.client.call('POST /api/v1/contacts', { body: { lastName: 'Коваль' } });
    requireOk(made);
    contactId = made.body.id;
  }
  owner = await openAs(company.owner);
});

/** A browser in which this person is signed in already. */
async function openAs(who: Colleague): Promise<Visitor> {
  const visitor = await openVisitor(company.origin);
  const [name = '', value = ''] = who.client.cookie.split('=');
  await visitor.context.addCookies([{ name, value, url: company.origin }]);
  return visitor;
}

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

test('the owner sees what a change of a role does before it is saved', { skip }, async () => {
  const { page } = owner;
  await page.goto(`${company.origin}/people/roles`);
  await page.getByRole('list', { name: 'Ролі організації' }).waitFor();
  await checkAccessible(page, 'roles');
  await page.getByRole('link', { name: /^Менеджер/ }).click();
  await page.getByLabel('Бачити: Контакти').selectOption('department');
  await page.getByLabel('Нотатки: Контакти').selectOption('hidden');
  await page.getByText('2 незбережені зміни').waitFor();
  await checkAccessible(page, 'one role');
  await button(page, 'Переглянути й зберегти').click();
  const dialog = page.getByRole('dialog', { name: 'Що зміниться' });
  await dialog.getByText('Мають роль: 2. Отримають більше: 2. Матимуть менше: 2.').waitFor();
  await dialog.getByText('Бачить контактів: 1 → 3').waitFor();
  await dialog.getByText('Бачить контактів: 2 → 3').waitFor();
  await checkAccessible(page, 'what would change');
  await button(page, 'Зберегти').click();
  await page.getByText('Роль збережено; нові права вже діють').waitFor();
  await page.setViewportSize({ width: 390, height: 844 });
  const wide = await page.evaluate<number>('document.documentElement.scrollWidth');
  assert.ok(wide <= 390, `the matrix is ${wide} wide on a phone`);
  await page.setViewportSize({ width: 1360, height: 860 });
});

test('the owner’s role is shown, and cannot be changed', { skip }, async () => {
  const { page } = owner;
  await page.goto(`${company.origin}/people/roles`);
  await page.getByRole('link', { name: /^Власник/ }).click();
  await page.getByText('Власник може все. Цю роль не можна змінити').waitFor();
  assert.equal(await page.getByRole('combobox').count(), 0);
});

test('of a person it is said what she sees, of a client who sees it', { skip }, async () => {
  const { page } = owner;
  await page.goto(`${company.origin}/people`);
  await button(page, 'Що бачить і може: Тарас Мельник').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('дає: Менеджер').first().waitFor();
  await dialog.getByText('Контакти: Нотатки — Приховано').waitFor();
  await checkAccessible(page, 'what a person sees');
  await page.goto(`${company.origin}/contacts/${contactId}`);
  await button(page, 'Показати людей').click();
  const viewers = page.getByRole('list', { name: 'Хто це бачить і чому' });
  await viewers.getByText('Тарас Мельник').waitFor();
  await viewers.getByText('запис свого відділу · Менеджер').first().waitFor();
  await viewers.getByText('бачить усі записи · Власник').waitFor();
  await checkAccessible(page, 'who sees a client');
});

test('a manager is shown no roles, but where her own rights come from', { skip }, async () => {
  const { page, troubles } = await openAs(manager);
  await page.goto(`${company.origin}/people/roles`);
  await page
    .getByRole('heading', { name: 'Немає доступу' })
    .or(page.getByText('Бачити ролі та їхні права'))
    .first()
    .waitFor();
  await page.goto(`${company.origin}/people`);
  await button(page, 'Що бачить і може: Тарас Мельник').click();
  await page.getByRole('dialog', { name: 'Звідки мої права' }).getByText('дає: Менеджер').first().waitFor();
  assert.deepEqual(troubles, []);
  assert.deepEqual(owner.troubles, []);
});
