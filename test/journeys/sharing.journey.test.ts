/** A client is shared and taken back; a role is asked for, approved, seen above every page, and given back. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { Colleague, Company } from '../running-lubart.ts';
import { makeReadyPlace, requireOk, setUpCompany, startLubart } from '../running-lubart.ts';
import type { Visitor } from './browser.ts';
import { browserPath, checkAccessible, openVisitor } from './browser.ts';

const skip = browserPath === undefined ? 'no Chromium on this machine' : false;
let company: Company;
const visitors: Record<string, Visitor> = {};
let contactId: string;

before(async () => {
  if (skip !== false) return;
  const running = await startLubart(await makeReadyPlace());
  company = await setUpCompany(running.origin, running.setupToken!);
  const sales = await company.addDepartment('Продажі');
  const service = await company.addDepartment('Сервіс');
  const join = (name: string, email: string, departmentId: string) =>
    company.join({ name, email: `${email}@vezha.example`, role: 'manager', departmentId });
  const manager = await join('Тарас Мельник', 'taras.melnyk', sales);
  const colleague = await join('Соломія Ткачук', 'solomiia.tkachuk', service);
  const made = await manager.client.call('POST /api/v1/contacts', {
    body: { lastName: 'Коваль', firstName: 'Дарина' },
  });
  requireOk(made);
  contactId = made.body.id as string;
  for (const [key, who] of Object.entries<Colleague>({ owner: company.owner, manager, colleague })) {
    const visitor = await openVisitor(company.origin);
    const [name, value] = who.client.cookie.split('=') as [string, string];
    await visitor.context.addCookies([{ name, value, url: company.origin }]);
    visitors[key] = visitor;
  }
});

const button = (page: Page, name: string | RegExp) =>
  page.getByRole('button', { name, exact: typeof name === 'string' });
const picture = async (page: Page, name: string) => {
  const folder = process.env['LUBART_PICTURES'];
  if (folder !== undefined) await page.screenshot({ path: `${folder}/sharing-${name}.png` });
};
/** The same screen on a phone. */
const onPhone = async (page: Page, name: string) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await checkAccessible(page, `${name}, narrow`);
  await picture(page, `${name}-narrow`);
  await page.setViewportSize({ width: 1360, height: 860 });
};
const inEnglish = async (page: Page, work: () => Promise<void>) => {
  await page.evaluate(
    `fetch('/api/v1/profile', { method: 'PATCH', headers: { 'content-type': 'application/json' }, body: '{"language":"en"}' })`,
  );
  await page.reload();
  await work();
  await page.evaluate(
    `fetch('/api/v1/profile', { method: 'PATCH', headers: { 'content-type': 'application/json' }, body: '{"language":"uk"}' })`,
  );
  await page.reload();
};

test(
  'a manager shares a client with a colleague, who sees it marked in the list and may not change it',
  { skip },
  async () => {
    const { page } = visitors['manager']!;
    await page.goto(`${company.origin}/contacts/${contactId}`);
    await button(page, 'Поділитися').click();
    await page.getByRole('combobox', { name: 'Колега' }).selectOption({ label: 'Соломія Ткачук' });
    await page.getByLabel('Навіщо (необов’язково)').fill('Підмініть мене у відпустці');
    await checkAccessible(page, 'the dialog of sharing');
    await picture(page, 'dialog');
    await onPhone(page, 'dialog');
    await page.getByRole('dialog').getByRole('button', { name: 'Поділитися' }).click();
    await page.getByText('«Підмініть мене у відпустці»').waitFor();
    await button(page, 'Показати людей').click();
    await page.getByText(/доступ від: Тарас Мельник/).waitFor();
    await checkAccessible(page, 'a shared client');
    await picture(page, 'record');

    const { page: theirs } = visitors['colleague']!;
    await theirs.goto(`${company.origin}/contacts?shared=true`);
    await theirs.getByRole('img', { name: 'доступ дає Тарас Мельник' }).waitFor();
    await checkAccessible(theirs, 'the list of what was shared');
    await picture(theirs, 'list');
    await theirs.setViewportSize({ width: 390, height: 844 });
    await theirs.getByText('доступ дає Тарас Мельник').waitFor();
    await picture(theirs, 'list-narrow');
    await theirs.setViewportSize({ width: 1360, height: 860 });
    await theirs.getByRole('link', { name: 'Коваль Дарина' }).click();
    await theirs.getByText(/З вами поділилися цим клієнтом: Тарас Мельник\. Ви можете бачити його/).waitFor();
    assert.equal(await button(theirs, 'Редагувати').count(), 0);
    assert.equal(await button(theirs, 'Поділитися').count(), 0, 'what was shared is not passed on');
    await checkAccessible(theirs, 'a client that was shared with me');
    await picture(theirs, 'with-me');
    await onPhone(theirs, 'with-me');
    await inEnglish(theirs, async () => {
      await theirs.getByText(/This client was shared with you by Тарас Мельник\. You may see it/).waitFor();
      await picture(theirs, 'with-me-en');
    });

    await button(page, /^Забрати доступ: Соломія Ткачук/).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Забрати доступ' }).click();
    await page.getByText('Доступ забрано').waitFor();
    await theirs.reload();
    await theirs
      .getByText('Сторінку не знайдено')
      .or(theirs.getByText(/Такого контакту немає/))
      .first()
      .waitFor();
  },
);

test(
  'a manager asks for a role, the owner approves, a banner says until when, and it is given back',
  { skip },
  async () => {
    const { page } = visitors['manager']!;
    await page.goto(`${company.origin}/profile`);
    await button(page, 'Попросити тимчасове право').click();
    await page.getByLabel('Яка роль потрібна').selectOption({ label: 'Підтримка' });
    await page.getByLabel('Навіщо').fill('Готую річний звіт замість колеги');
    await checkAccessible(page, 'the dialog of asking');
    await picture(page, 'ask');
    await onPhone(page, 'ask');
    await page.getByRole('dialog').getByRole('button', { name: 'Попросити' }).click();
    await page.getByText('чекає відповіді').waitFor();
    await checkAccessible(page, 'a request of mine');
    await picture(page, 'asked');

    const { page: owners } = visitors['owner']!;
    await owners.goto(`${company.origin}/security/elevations`);
    await owners.getByText('«Готую річний звіт замість колеги»').waitFor();
    await checkAccessible(owners, 'requests');
    await picture(owners, 'requests');
    await onPhone(owners, 'requests');
    await inEnglish(owners, async () => {
      await owners.getByRole('heading', { name: 'Waiting for an answer' }).waitFor();
      await picture(owners, 'requests-en');
    });
    await button(owners, 'Погодити: Тарас Мельник').click();
    await owners.getByRole('dialog').getByRole('button', { name: 'Погодити' }).click();
    await owners.getByRole('heading', { name: 'Діють зараз' }).waitFor();
    await picture(owners, 'active');

    await page.reload();
    await page.getByText(/У вас тимчасова роль: Підтримка до/).waitFor();
    await checkAccessible(page, 'the banner');
    await picture(page, 'banner');
    await onPhone(page, 'banner');
    await inEnglish(page, async () => {
      await page.getByText(/You have a temporary role: Support until/).waitFor();
      await picture(page, 'banner-en');
    });
    // The banner comes above the page and moves the button: a click on its way down would miss it.
    await page.getByText(/У вас тимчасова роль: Підтримка до/).waitFor();
    await button(page, 'Повернути достроково: Підтримка').click();
    await page.getByText(/У вас тимчасова роль/).waitFor({ state: 'detached' });
    for (const [who, { troubles }] of Object.entries(visitors)) assert.deepEqual(troubles, [], who);
  },
);
