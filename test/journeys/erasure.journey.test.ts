/** A client asks to be forgotten: from the trash, with a reason and a typed word, to the certificate. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { Company } from '../running-lubart.ts';
import { makeReadyPlace, requireOk, setUpCompany, startLubart } from '../running-lubart.ts';
import type { Visitor } from './browser.ts';
import { browserPath, checkAccessible, openVisitor } from './browser.ts';

const skip = browserPath === undefined ? 'no Chromium on this machine' : false;
let company: Company;
let owner: Visitor;
let id: string;

before(async () => {
  if (skip !== false) return;
  const running = await startLubart(await makeReadyPlace());
  company = await setUpCompany(running.origin, running.setupToken!);
  const made = await company.owner.client.call('POST /api/v1/contacts', { body: { lastName: 'Забувайко' } });
  requireOk(made);
  id = made.body.id;
  requireOk(await company.owner.client.call('POST /api/v1/contacts/:id/archive', { params: { id } }));
  owner = await openVisitor(company.origin);
  const [name, value] = company.owner.client.cookie.split('=') as [string, string];
  await owner.context.addCookies([{ name, value, url: company.origin }]);
});

const picture = async (page: Page, name: string) => {
  const folder = process.env['LUBART_PICTURES'];
  if (folder !== undefined) await page.screenshot({ path: `${folder}/erasure-${name}.png` });
};

test('nothing is erased by one slip of a hand; what is erased leaves a certificate', { skip }, async () => {
  const { page } = owner;
  await page.goto(`${company.origin}/contacts/${id}`);
  await page.getByRole('button', { name: 'Стерти назавжди' }).click();
  const dialog = page.getByRole('dialog', { name: 'Стерти назавжди: Забувайко' });
  const button = dialog.getByRole('button', { name: 'Стерти назавжди' });
  assert.equal(await button.isDisabled(), true);
  await dialog.getByLabel('Чому').selectOption('consent_withdrawn');
  await dialog.getByLabel('Щоб підтвердити').fill('Стерти');
  await checkAccessible(page, 'erasing');
  await picture(page, 'dialog');
  await button.click();
  const done = page.getByRole('dialog', { name: 'Клієнта стерто' });
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    done.getByRole('button', { name: 'Зберегти сертифікат' }).click(),
  ]);
  const text = readFileSync(await download.path(), 'utf8');
  assert.ok(text.includes('Згоду відкликано') && text.includes(id) && !text.includes('Забувайко'));
  await done.getByRole('button', { name: 'Закрити' }).click();
  await page.goto(`${company.origin}/security/erasures`);
  await page.getByRole('row', { name: /Контакт.*Згоду відкликано/ }).waitFor();
  await checkAccessible(page, 'erasures');
  await picture(page, 'list');
  assert.deepEqual(owner.troubles, []);
});
