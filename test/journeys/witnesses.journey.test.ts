/** The owner adds a witness of the log, sees it confirm, and sees how far back the log could still be changed unseen. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { Company } from '../running-lubart.ts';
import { openInProcess, requireOk, setUpCompany } from '../running-lubart.ts';
import type { Visitor } from './browser.ts';
import { browserPath, checkAccessible, openVisitor } from './browser.ts';

const skip = browserPath === undefined ? 'no Chromium on this machine' : false;
let company: Company;
let own: { address: string; key: string; logKey: string };
let owner: Visitor;

before(async () => {
  if (skip !== false) return;
  const house = await openInProcess();
  company = await setUpCompany(house.origin, house.setupToken);
  const witness = await openInProcess();
  const other = (await setUpCompany(witness.origin, witness.setupToken)).owner.client;
  const ours = await company.owner.client.call('GET /api/v1/security/witnesses');
  requireOk(ours);
  requireOk(await other.call('POST /api/v1/security/witnessed-logs', { body: { key: ours.body.own.logKey } }));
  own = (await other.call('GET /api/v1/security/witnesses')).body.own;
  owner = await openVisitor(company.origin);
  const [name, value] = company.owner.client.cookie.split('=') as [string, string];
  await owner.context.addCookies([{ name, value, url: company.origin }]);
});

const picture = async (page: Page, name: string) => {
  const folder = process.env['LUBART_PICTURES'];
  if (folder !== undefined) await page.screenshot({ path: `${folder}/witnesses-${name}.png`, fullPage: true });
};

test('without a witness everything could be rewritten; with one only the last seconds', { skip }, async () => {
  const { page, troubles } = owner;
  await page.goto(`${company.origin}/security/witnesses`);
  await page.getByText('Журнал ще ніхто ззовні не підтвердив').waitFor();
  await checkAccessible(page, 'no witnesses');
  await picture(page, 'empty');
  await page.getByLabel('Адреса свідка').fill(own.address);
  await page.getByLabel('Ключ свідка').fill(own.key);
  await page.getByRole('button', { name: 'Додати свідка' }).click();
  await page.getByRole('button', { name: 'Запитати зараз' }).click();
  await page.getByText('підтверджує', { exact: true }).waitFor();
  await page.getByText(/Непомітно змінити журнал можна лише за останн/).waitFor();
  await checkAccessible(page, 'a witness');
  await picture(page, 'one');
  await page.setViewportSize({ width: 390, height: 844 });
  await picture(page, 'narrow');
  assert.deepEqual(troubles, []);
});

test('a letter a day is set up, and a checkpoint that was kept is pasted back', { skip }, async () => {
  const { page, troubles } = owner;
  await page.setViewportSize({ width: 1360, height: 860 });
  await page.goto(`${company.origin}/security/witnesses`);
  await page.getByLabel('Куди надсилати').selectOption({ label: 'Telegram' });
  await page.getByLabel('Токен бота').fill('123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc');
  await page.getByLabel('Номер чату').fill('-1001234567890');
  await page.getByRole('button', { name: 'Додати місце' }).click();
  await page.getByText('-1001234567890').waitFor();
  const { checkpoint } = (await company.owner.client.call('GET /api/v1/audit-log/head')).body;
  await page.getByLabel('Текст збереженої точки').fill(`Вітаємо!\n\n${checkpoint}`);
  await page.getByRole('button', { name: 'Перевірити', exact: true }).click();
  await page.getByText(/Збігається: перші \d+ записів/).waitFor();
  await checkAccessible(page, 'places outside');
  await picture(page, 'places');
  await page.setViewportSize({ width: 390, height: 844 });
  await picture(page, 'places-narrow');
  assert.deepEqual(troubles, []);
});

test('the same page in English', { skip }, async () => {
  const { page } = owner;
  requireOk(await company.owner.client.call('PATCH /api/v1/profile', { body: { language: 'en' } }));
  await page.setViewportSize({ width: 1360, height: 860 });
  await page.goto(`${company.origin}/security/witnesses`);
  await page.getByText(/Only the last \d+ seconds? of the log could be changed unseen/).waitFor();
  await picture(page, 'english');
});
