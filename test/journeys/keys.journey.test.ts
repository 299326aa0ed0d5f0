/** The owner replaces keys while everybody works, sees how far it is, and what was counted at the end. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { Company } from '../running-lubart.ts';
import { openInProcess, requireOk, setUpCompany } from '../running-lubart.ts';
import type { Visitor } from './browser.ts';
import { browserPath, checkAccessible, openVisitor } from './browser.ts';

const skip = browserPath === undefined ? 'no Chromium on this machine' : false;
let company: Company;
let owner: Visitor;

before(async () => {
  if (skip !== false) return;
  const house = await openInProcess(undefined, { keyPace: { refreshMillis: 200, leaseMillis: 2_000 } });
  company = await setUpCompany(house.origin, house.setupToken);
  for (const lastName of ['Ключник', 'Замкова', 'Печатка'])
    requireOk(await company.owner.client.call('POST /api/v1/contacts', { body: { lastName } }));
  owner = await openVisitor(company.origin);
  const [name, value] = company.owner.client.cookie.split('=') as [string, string];
  await owner.context.addCookies([{ name, value, url: company.origin }]);
});

const picture = async (page: Page, name: string) => {
  const folder = process.env['LUBART_PICTURES'];
  if (folder !== undefined) await page.screenshot({ path: `${folder}/keys-${name}.png`, fullPage: true });
};

test('three keys with their age; one is replaced, rests, goes on and is over with nothing left', { skip }, async () => {
  const { page, troubles } = owner;
  await page.goto(`${company.origin}/security/keys`);
  const part = page.getByRole('region', { name: 'Ключ компанії' });
  await part.getByRole('button', { name: 'Замінити ключ' }).waitFor();
  assert.equal(await page.getByRole('button', { name: 'Замінити ключ' }).count(), 3);
  await page.getByText('Файл ключа відкритий: хто його прочитає, той має ключ.').waitFor();
  await checkAccessible(page, 'keys');
  await part.getByRole('button', { name: 'Замінити ключ' }).click();
  await part.getByRole('button', { name: 'Зупинити' }).click();
  await part.getByText('Заміну зупинено.').waitFor();
  await checkAccessible(page, 'keys at rest');
  await picture(page, 'paused');
  await part.getByRole('button', { name: 'Продовжити' }).click();
  const past = page.getByRole('table', { name: 'Завершені заміни' });
  await past.getByRole('cell', { name: 'Ключ компанії' }).waitFor({ timeout: 30_000 });
  assert.match(await past.textContent().then(String), /Ключ компанії.*0$/);
  await part.getByText('потрібен записам журналу').waitFor();
  await picture(page, 'done');
  await page.setViewportSize({ width: 390, height: 844 });
  await picture(page, 'narrow');
  assert.deepEqual(troubles, []);
});

test('the same page in English', { skip }, async () => {
  const { page } = owner;
  requireOk(await company.owner.client.call('PATCH /api/v1/profile', { body: { language: 'en' } }));
  await page.setViewportSize({ width: 1360, height: 860 });
  await page.goto(`${company.origin}/security/keys`);
  await page.getByRole('region', { name: 'Search key' }).getByRole('button', { name: 'Replace the key' }).waitFor();
  await page.getByRole('table', { name: 'Finished replacements' }).waitFor();
  await picture(page, 'english');
});
