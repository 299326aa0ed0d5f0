/** An auditor opens an investigation, marks an entry from the log with a note, keeps the filter, takes the file along, and closes it. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { Company } from '../running-lubart.ts';
import { openInProcess, setUpCompany } from '../running-lubart.ts';
import type { Visitor } from './browser.ts';
import { browserPath, checkAccessible, openVisitor } from './browser.ts';

const skip = browserPath === undefined ? 'no Chromium on this machine' : false;
let company: Company;
let owner: Visitor;

before(async () => {
  if (skip !== false) return;
  const running = await openInProcess();
  company = await setUpCompany(running.origin, running.setupToken);
  owner = await openVisitor(company.origin);
  const [name = '', value = ''] = company.owner.client.cookie.split('=');
  await owner.context.addCookies([{ name, value, url: company.origin }]);
});

async function look(page: Page, what: string): Promise<void> {
  const folder = process.env['LUBART_PICTURES'];
  for (const width of [1360, 390]) {
    await page.setViewportSize({ width, height: 860 });
    await checkAccessible(page, `${what} ${width}`);
    if (folder !== undefined) await page.screenshot({ path: `${folder}/investigations-${what}-${width}.png` });
  }
  await page.setViewportSize({ width: 1360, height: 860 });
}

test('an entry is marked from the log, and the filter that found it is kept', { skip }, async () => {
  const { page } = owner;
  await page.goto(`${company.origin}/audit-log/investigations`);
  await page.getByText('Розслідувань немає').waitFor();
  await look(page, 'none');
  await page.goto(`${company.origin}/audit-log?event=session.signed_in`);
  await page.getByRole('row').nth(1).getByRole('button').click();
  await page.getByRole('button', { name: 'Додати до розслідування' }).click();
  const adding = page.getByRole('dialog', { name: 'Додати запис до розслідування' });
  await adding.getByRole('button', { name: 'Відкрити розслідування' }).click();
  const opening = page.getByRole('dialog', { name: 'Нове розслідування' });
  await opening.getByLabel('Назва').fill('Хто вивантажив базу');
  await opening.getByLabel('Навіщо').fill('Клієнти кажуть, що їм телефонує інша друкарня.');
  await opening.getByRole('button', { name: 'Відкрити розслідування' }).click();
  await adding.getByLabel('Пояснення').fill('Вхід серед ночі');
  await look(page, 'adding');
  await adding.getByRole('button', { name: 'Додати до розслідування' }).click();
  await adding.waitFor({ state: 'detached' });
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Зберегти відбір' }).click();
  const keeping = page.getByRole('dialog', { name: 'Зберегти відбір у розслідуванні' });
  await keeping.getByLabel('Назва відбору').fill('Усі входи');
  await keeping.getByRole('button', { name: 'Зберегти відбір' }).click();
  await keeping.waitFor({ state: 'detached' });
});

test('the investigation is read, taken along as a file with proofs, and closed', { skip }, async () => {
  const { page } = owner;
  await page.goto(`${company.origin}/audit-log/investigations`);
  await page.getByRole('link', { name: 'Хто вивантажив базу' }).waitFor();
  await look(page, 'list');
  await page.getByRole('link', { name: 'Хто вивантажив базу' }).click();
  await page.getByText('Вхід серед ночі').waitFor();
  await page.getByRole('link', { name: 'Усі входи' }).waitFor();
  await look(page, 'one');
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Вивантажити з доказами' }).click(),
  ]);
  assert.match(file.suggestedFilename(), /^investigation-.*\.lubart-log$/);
  await page.getByRole('button', { name: 'Закрити розслідування' }).click();
  await page.getByRole('dialog').getByLabel('Висновок').fill('Ніхто. Це був черговий.');
  await page.getByRole('dialog').getByRole('button', { name: 'Закрити розслідування' }).click();
  await page.getByRole('button', { name: 'Відкрити знову' }).waitFor();
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  await page.getByText('Ніхто. Це був черговий.').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Прибрати з розслідування' }).count(), 0);
  await look(page, 'closed');
  await page.getByRole('link', { name: 'Усі входи' }).click();
  await page.waitForURL(/event=session.signed_in/);
  assert.deepEqual(owner.troubles, []);
});
