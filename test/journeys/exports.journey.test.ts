/** Clients leave the office closed: the password this once, the file this once, and security sees what left. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { Company } from '../running-lubart.ts';
import { makeReadyPlace, requireOk, setUpCompany, startLubart } from '../running-lubart.ts';
import { officeFileText } from '../open-office-file.ts';
import type { Visitor } from './browser.ts';
import { browserPath, checkAccessible, openVisitor } from './browser.ts';

const skip = browserPath === undefined ? 'no Chromium on this machine' : false;
let company: Company;
let owner: Visitor;

before(async () => {
  if (skip !== false) return;
  const running = await startLubart(await makeReadyPlace());
  company = await setUpCompany(running.origin, running.setupToken!);
  for (const lastName of ['Вивозенко', 'Тримайло', 'Захисний'])
    requireOk(await company.owner.client.call('POST /api/v1/contacts', { body: { lastName } }));
  owner = await openVisitor(company.origin);
  const [name, value] = company.owner.client.cookie.split('=') as [string, string];
  await owner.context.addCookies([{ name, value, url: company.origin }]);
});

const picture = async (page: Page, name: string) => {
  const folder = process.env['LUBART_PICTURES'];
  if (folder !== undefined) await page.screenshot({ path: `${folder}/exports-${name}.png` });
};

test(
  'a table under a password: prepared, told once, fetched once, and opened with what was told',
  { skip },
  async () => {
    const { page } = owner;
    await page.goto(`${company.origin}/contacts`);
    await page.getByRole('button', { name: 'Експортувати' }).click();
    const dialog = page.getByRole('dialog', { name: 'Вивантажити контакти' });
    await dialog.getByRole('radio', { name: 'Книга Excel із паролем' }).waitFor();
    await checkAccessible(page, 'export dialog');
    await picture(page, 'ask');
    await dialog.getByRole('button', { name: 'Підготувати файл' }).click();
    const ready = page.getByRole('dialog', { name: 'Файл готовий' });
    const password = await ready.getByLabel('Пароль до файлу').inputValue();
    assert.match(password, /^([a-z2-9]{4}-){4}[a-z2-9]{4}$/);
    await checkAccessible(page, 'prepared file');
    await picture(page, 'ready');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      ready.getByRole('button', { name: 'Завантажити файл' }).click(),
    ]);
    assert.match(download.suggestedFilename(), /^contacts-\d{4}-\d{2}-\d{2}\.xlsx$/);
    const text = await officeFileText(readFileSync(await download.path()), password);
    assert.ok(text.includes('Вивозенко'));
    await ready.getByText('Ще раз його забрати не можна').waitFor();
    assert.equal(await ready.getByRole('button', { name: 'Завантажити файл' }).count(), 0);
  },
);

test('without protection it takes a reason; what was prepared and left can be given up', { skip }, async () => {
  const { page } = owner;
  await page.goto(`${company.origin}/contacts`);
  await page.getByRole('button', { name: 'Експортувати' }).click();
  const dialog = page.getByRole('dialog', { name: 'Вивантажити контакти' });
  await dialog.getByRole('radio', { name: 'Без захисту' }).check();
  await dialog.getByRole('button', { name: 'Підготувати файл' }).click();
  await dialog.getByText('Напишіть, навіщо потрібен файл без захисту').waitFor();
  await picture(page, 'refused');
  await dialog.getByLabel('Навіщо файл без захисту').fill('Звірка з бухгалтерією');
  await dialog.getByRole('button', { name: 'Підготувати файл' }).click();
  await page.getByRole('dialog', { name: 'Файл готовий' }).getByRole('button', { name: 'Закрити' }).last().click();
  await page.getByRole('button', { name: 'Експортувати' }).click();
  await dialog.getByRole('heading', { name: 'Ваші підготовлені файли' }).waitFor();
  await picture(page, 'waiting');
  await dialog.getByRole('button', { name: 'Скасувати' }).click();
  await page.getByText('його ключ знищено').waitFor();
});

test('security sees what left, how and why, and sets how much may leave; narrow and in English', { skip }, async () => {
  const { page } = owner;
  await page.goto(`${company.origin}/security/exports`);
  await page.getByRole('row', { name: /Без захисту.*Звірка з бухгалтерією/ }).waitFor();
  await checkAccessible(page, 'exports page');
  await picture(page, 'security');
  await page.getByLabel('Додати роль').selectOption({ label: 'Менеджер' });
  const manager = page.getByRole('group', { name: 'Менеджер' });
  await manager.getByLabel('Файлів за добу').fill('2');
  await page.getByRole('button', { name: 'Зберегти межі' }).click();
  await page.getByText('Межі збережено').waitFor();
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`${company.origin}/security/exports`);
  await page.getByRole('group', { name: 'Менеджер' }).waitFor();
  await checkAccessible(page, 'exports page, narrow');
  await picture(page, 'security-narrow');
  assert.deepEqual(owner.troubles, []);
});
