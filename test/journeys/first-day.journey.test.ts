/**
 * The first day of a company, in a real browser: the owner sets it up, invites a manager and brings the clients from a
 * spreadsheet; the manager joins, finds her own client and edits it, is refused a colleague’s; the owner reads of the refusal.
 */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { Secret, TOTP } from 'otpauth';
import type { Page } from 'playwright-core';
import type { LubartProcess } from '../running-lubart.ts';
import { makePlace, password, startLubart } from '../running-lubart.ts';
import type { Visitor } from './browser.ts';
import { browserPath, checkAccessible, openVisitor } from './browser.ts';

const skip = browserPath === undefined ? 'no Chromium on this machine' : false;
const managerName = 'Дзвінка Сосюра';
const ownerEmail = 'olena.kovalenko@vezha.example';

let running: LubartProcess;
let owner: Visitor;
let manager: Visitor;
let foreignAddress = '';

before(async () => {
  if (skip !== false) return;
  running = await startLubart(makePlace());
  owner = await openVisitor(running.origin);
  manager = await openVisitor(running.origin);
});

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const heading = (page: Page, name: string) => page.getByRole('heading', { name });

/** Types the key into “an app” and its first code into the page; the page goes on by itself at the sixth digit. */
async function connectApp(page: Page): Promise<TOTP> {
  const key = (await page.locator('[data-manual-key]').innerText()).replaceAll(/\s/g, '');
  const app = new TOTP({ secret: Secret.fromBase32(key) });
  await page.getByLabel('Код із застосунку').fill(app.generate());
  return app;
}

async function choosePassword(page: Page): Promise<void> {
  await page.getByLabel('Пароль', { exact: true }).fill(password);
  await page.getByLabel('Пароль іще раз').fill(password);
}

async function keepRecoveryCodes(page: Page): Promise<void> {
  await heading(page, 'Збережіть коди відновлення').waitFor();
  assert.equal(await page.getByRole('list', { name: 'Коди відновлення' }).getByRole('listitem').count(), 10);
  await checkAccessible(page, 'recovery codes');
  await page.getByLabel('Я зберіг ці коди в надійному місці').check();
  await button(page, 'Почати роботу').click();
  await page.getByRole('navigation', { name: 'Головна навігація' }).waitFor();
}

test('the owner sets the company up by the one-time link', { skip }, async () => {
  const { page } = owner;
  await page.goto(`${running.origin}/setup#token=${running.setupToken}`);
  await page.getByLabel('Назва організації').fill('Вежа');
  await checkAccessible(page, 'set-up: organization');
  await button(page, 'Далі').click();
  await page.getByLabel('Ваше ім’я та прізвище').fill('Олена Коваленко');
  await page.getByLabel('Ваша електронна пошта').fill(ownerEmail);
  await checkAccessible(page, 'set-up: owner');
  await button(page, 'Далі').click();
  await choosePassword(page);
  await checkAccessible(page, 'set-up: password');
  await button(page, 'Далі').click();
  await heading(page, 'Підключіть застосунок-автентифікатор').waitFor();
  await checkAccessible(page, 'set-up: authenticator');
  await connectApp(page);
  await keepRecoveryCodes(page);
  await checkAccessible(page, 'an empty list of contacts');
});

test('she invites a manager, who joins in a browser of her own', { skip }, async () => {
  const { page } = owner;
  await page.goto(`${running.origin}/people`);
  await page.getByRole('table', { name: 'Люди організації' }).waitFor();
  await checkAccessible(page, 'people');
  await button(page, 'Запросити').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Ім’я та прізвище').fill(managerName);
  await dialog.getByLabel('Електронна пошта').fill('dzvinka.sosiura@vezha.example');
  await dialog.getByRole('checkbox', { name: 'Менеджер', exact: true }).check();
  await checkAccessible(page, 'invite');
  await button(page, 'Створити запрошення').click();
  const link = await page.getByLabel('Посилання-запрошення').inputValue();
  assert.match(link, /\/join#token=/);
  await checkAccessible(page, 'the link of an invitation');
  await button(page, 'Готово').click();

  const joining = manager.page;
  await joining.goto(link);
  await heading(joining, managerName).waitFor();
  await checkAccessible(joining, 'join');
  await choosePassword(joining);
  await button(joining, 'Далі').click();
  await joining.locator('[data-manual-key]').waitFor();
  await connectApp(joining);
  await keepRecoveryCodes(joining);
  assert.equal(
    await joining.getByRole('link', { name: 'Журнал дій' }).count(),
    0,
    'what she may not do is not offered',
  );
});

test('the owner imports the spreadsheet of the old CRM', { skip }, async () => {
  const { page } = owner;
  const lines = ['Прізвище;Ім’я;Телефон;Компанія;Відповідальний'];
  for (let row = 0; row < 60; row += 1) {
    const mine = row % 3 === 0;
    lines.push(
      `${['Ковальчук', 'Шевченко', 'Бондаренко'][row % 3]}${row === 0 ? '' : `-${row}`};Ганна;05000000${String(row).padStart(2, '0')};Млин;${mine ? managerName : ''}`,
    );
  }
  lines.push('Помилкович;Ганна;12;Млин;');
  await page.goto(`${running.origin}/imports/new`);
  await checkAccessible(page, 'new import');
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'Клієнти.csv', mimeType: 'text/csv', buffer: Buffer.from(`\u{feff}${lines.join('\n')}`) });
  await heading(page, 'Що означає кожен стовпець?').waitFor();
  await checkAccessible(page, 'columns of an import');
  await button(page, 'Перевірити зразок').click();
  await heading(page, 'Так виглядатимуть перші рядки').waitFor();
  await checkAccessible(page, 'preview of an import');
  await button(page, 'Почати імпорт').click();
  await heading(page, 'Імпорт завершено').waitFor();
  await page.getByRole('button', { name: 'Завантажити відхилені рядки' }).waitFor();
  await checkAccessible(page, 'a finished import');
  await page.getByRole('link', { name: 'Переглянути перенесене' }).click();
  await page.getByRole('grid', { name: 'Список контактів' }).waitFor();
  await page.getByRole('status').filter({ hasText: '60 записів' }).waitFor();
  await checkAccessible(page, 'list of contacts');
  await find(page, 'bondarenko-2', 'Бондаренко-2');
  await page.waitForURL(/\/contacts\/[0-9a-f-]{36}$/);
  await checkAccessible(page, 'a contact');
  foreignAddress = page.url();
});

/** Types into the search box and opens the hit by keyboard. */
async function find(page: Page, text: string, name: string): Promise<void> {
  await page.getByRole('searchbox', { name: 'Пошук' }).fill(text);
  // The first of the hits: in the list that stands there until the answer comes it may be another, which would be opened.
  await page.getByRole('row').nth(1).filter({ hasText: name }).waitFor();
  await page.getByRole('searchbox', { name: 'Пошук' }).press('ArrowDown');
  await page.keyboard.press('Enter');
}

test('the manager sees and finds her own clients only, and edits one', { skip }, async () => {
  const { page } = manager;
  await page.goto(`${running.origin}/contacts`);
  await page.getByRole('status').filter({ hasText: '20 записів' }).waitFor();
  await page.getByRole('searchbox', { name: 'Пошук' }).fill('Бондаренко');
  await heading(page, 'Нічого не знайдено').waitFor();
  await checkAccessible(page, 'nothing found');
  await find(page, 'ковальч 0003', 'Ковальчук-3');
  await heading(page, 'Ковальчук-3').waitFor();
  await button(page, 'Редагувати').click();
  await page.getByLabel('Посада').fill('Головна мельничка');
  await checkAccessible(page, 'editing a contact');
  await button(page, 'Зберегти зміни').click();
  await button(page, 'Редагувати').waitFor();
  await page.reload();
  await page.getByText('Головна мельничка').first().waitFor();
});

test('a colleague’s client is not there for her, and pages beyond her rights say so', { skip }, async () => {
  const { page, context } = manager;
  await page.goto(foreignAddress);
  await heading(page, 'За цією адресою нічого немає').waitFor();
  assert.equal(await page.getByText('Бондаренко').count(), 0);
  await checkAccessible(page, 'a contact that is not there');
  for (const path of ['/audit-log', '/people/invitations']) {
    await page.goto(running.origin + path);
    await heading(page, 'Це не входить у ваші права').waitFor();
    await checkAccessible(page, `no right: ${path}`);
  }
  // The screen did not even ask; whoever asks all the same is refused, and that is recorded.
  const asked = await context.request.get(`${running.origin}/api/v1/audit-entries`);
  assert.equal(asked.status(), 403);
});

test('the owner reads in the log who tried what', { skip }, async () => {
  const { page } = owner;
  await page.goto(`${running.origin}/audit-log`);
  await page.getByRole('grid').waitFor();
  await checkAccessible(page, 'audit log');
  await page.getByLabel('Підсумок').selectOption('refused');
  for (const what of ['Спроба відкрити недоступний контакт', 'Відмовлено: перегляд журналу дій']) {
    await page.getByRole('row').filter({ hasText: what }).filter({ hasText: managerName }).first().waitFor();
  }
  await checkAccessible(page, 'refusals in the audit log');
});

test('the same screens in the dark, in English and on a phone keep to the rules', { skip }, async () => {
  const storageState = await owner.context.storageState();
  const evening = await openVisitor(running.origin, {
    storageState,
    colorScheme: 'dark',
    viewport: { width: 390, height: 780 },
    hasTouch: true,
  });
  for (const path of [
    '/contacts',
    foreignAddress.slice(running.origin.length),
    '/imports',
    '/people',
    '/audit-log',
    '/profile',
    '/companies',
    '/contacts/new',
  ]) {
    await evening.page.goto(running.origin + path);
    await evening.page.getByRole('heading').first().waitFor();
    await checkAccessible(evening.page, `dark and narrow: ${path}`);
  }
  // Colours that are said for light and dark are there after the build, too.
  await evening.page.setViewportSize({ width: 1360, height: 860 });
  await evening.page.goto(`${running.origin}/contacts`);
  await evening.page.getByRole('link', { name: 'Контакти' }).first().waitFor();
  await evening.page.locator('nav [data-status="active"]').first().waitFor();
  const colour = `getComputedStyle(document.querySelector('nav [data-status="active"]')).color`;
  assert.equal(await evening.page.evaluate<string>(colour), 'rgb(180, 214, 203)');
  const guest = await openVisitor(running.origin, { locale: 'en-GB' });
  await guest.page.goto(`${running.origin}/sign-in`);
  await guest.page.getByRole('heading').first().waitFor();
  await checkAccessible(guest.page, 'sign-in');
  assert.deepEqual([...evening.troubles, ...guest.troubles], []);
});

test('on the whole way no page broke its policy, threw, or asked anybody but the own server', { skip }, () => {
  assert.deepEqual([...owner.troubles, ...manager.troubles], []);
});
