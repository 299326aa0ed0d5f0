/** API keys on the screen: made with its secret shown once, listed with its use, revoked; in Ukrainian and in English. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { Company } from '../running-lubart.ts';
import { makeReadyPlace, setUpCompany, startLubart, until } from '../running-lubart.ts';
import type { Visitor } from './browser.ts';
import { browserPath, checkAccessible, openVisitor } from './browser.ts';

const skip = browserPath === undefined ? 'no Chromium on this machine' : false;
let company: Company;
let owner: Visitor;
let secret = '';

before(async () => {
  if (skip !== false) return;
  const running = await startLubart(await makeReadyPlace());
  company = await setUpCompany(running.origin, running.setupToken!);
  owner = await openVisitor(company.origin);
  const [name, value] = company.owner.client.cookie.split('=') as [string, string];
  await owner.context.addCookies([{ name, value, url: company.origin }]);
});

const picture = async (name: string) => {
  const folder = process.env['LUBART_PICTURES'];
  if (folder === undefined) return;
  for (const [size, width] of Object.entries({ wide: 1360, narrow: 390 })) {
    await owner.page.setViewportSize({ width, height: 860 });
    await owner.page.waitForTimeout(300);
    await owner.page.screenshot({ path: `${folder}/api-keys-${name}-${size}.png` });
  }
  await owner.page.setViewportSize({ width: 1360, height: 860 });
};
const asking = async () =>
  (await fetch(`${company.origin}/api/v1/contacts`, { headers: { authorization: `Bearer ${secret}` } })).status;

test('a key is made: what for, what it may, from where; the secret is shown once and works', { skip }, async () => {
  const { page } = owner;
  await page.goto(`${company.origin}/security/api-keys`);
  await page.getByText('Ключів ще немає').waitFor();
  await checkAccessible(page, 'no keys');
  await picture('empty');
  await page.getByRole('button', { name: 'Створити ключ' }).click();
  await page.getByLabel('Для чого цей ключ').fill('Форма на сайті');
  await page.getByLabel('Менеджер', { exact: true }).check();
  await page.getByLabel('Звідки програма звертається').fill('127.0.0.1\n::1');
  await checkAccessible(page, 'making a key');
  await picture('make');
  await page.getByRole('button', { name: 'Створити', exact: true }).click();
  secret = await page.getByLabel('Секрет', { exact: true }).inputValue();
  assert.match(secret, /^lubart_[0-9a-f]{32}_[0-9A-Za-z]{49}$/);
  await checkAccessible(page, 'the secret');
  await picture('secret');
  await page.getByRole('button', { name: 'Зберіг, закрити' }).click();
  await page.getByText('ще не користувалися').waitFor();
  assert.ok(!(await page.content()).includes(secret), 'the secret is nowhere on the page any more');
  assert.equal(await asking(), 200);
});

test('the list shows its use; a revoked key opens nothing; English is complete', { skip }, async () => {
  const { page } = owner;
  await until('the use of the key to be written down', 20, async () => {
    const { body } = await company.owner.client.call('GET /api/v1/api-keys');
    return (body.keys as { lastUsedAt: string | null }[]).some(({ lastUsedAt }) => lastUsedAt !== null);
  });
  await page.reload();
  await page.getByText('127.0.0.1', { exact: true }).waitFor();
  await checkAccessible(page, 'keys');
  await picture('list-uk');
  await company.owner.client.call('PATCH /api/v1/profile', { body: { language: 'en' } });
  await page.reload();
  await page.getByText('What it may, and from where').waitFor();
  await picture('list-en');
  await page.getByRole('button', { name: 'Revoke the key “Форма на сайті”' }).click();
  await page.getByText('The program with this key stops at once.').waitFor();
  await checkAccessible(page, 'revoking');
  await page.getByRole('button', { name: 'Revoke', exact: true }).last().click();
  await page.getByText('revoked', { exact: true }).waitFor();
  assert.equal(await asking(), 401);
  assert.deepEqual(owner.troubles, []);
});
