/** An auditor follows one request: to the import that the queue ran because of it, and sees a program beside people. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { Company } from '../running-lubart.ts';
import { importEnd, openInProcess, requireOk, setUpCompany, startImport } from '../running-lubart.ts';
import type { Visitor } from './browser.ts';
import { browserPath, checkAccessible, openVisitor } from './browser.ts';

const skip = browserPath === undefined ? 'no Chromium on this machine' : false;
let company: Company;
let owner: Visitor;

before(async () => {
  if (skip !== false) return;
  const running = await openInProcess();
  company = await setUpCompany(running.origin, running.setupToken);
  const { client } = company.owner;
  const bytes = Buffer.from('Прізвище\nКоваль\nСавчук\n');
  await importEnd(client, await startImport(client, { bytes, mapping: { '0': 'lastName' } }));
  const made = await client.call('POST /api/v1/api-keys', { body: { name: 'Сайт', roles: ['owner'], days: 30 } });
  requireOk(made);
  const { secret } = made.body as { secret: string };
  const seen = await fetch(`${company.origin}/api/v1/contacts`, { headers: { authorization: `Bearer ${secret}` } });
  assert.equal(seen.status, 200);
  await running.lubart.auditLog.flush();
  owner = await openVisitor(company.origin);
  const [name = '', value = ''] = client.cookie.split('=');
  await owner.context.addCookies([{ name, value, url: company.origin }]);
});

async function look(page: Page, what: string): Promise<void> {
  const folder = process.env['LUBART_PICTURES'];
  for (const width of [1360, 390]) {
    await page.setViewportSize({ width, height: 860 });
    await checkAccessible(page, `${what} ${width}`);
    if (folder !== undefined) await page.screenshot({ path: `${folder}/causes-${what}-${width}.png` });
  }
  await page.setViewportSize({ width: 1360, height: 860 });
}

test('from what the queue did to the request that began it, and all that came of it', { skip }, async () => {
  const { page } = owner;
  await page.goto(`${company.origin}/audit-log?event=import.finished`);
  await page.getByText('1 запис', { exact: true }).waitFor();
  await look(page, 'log');
  await page.getByRole('row').nth(1).getByRole('button').click();
  await page.getByRole('dialog').getByText('імпорт у черзі').waitFor();
  await look(page, 'entry');
  await page.getByRole('button', { name: 'Усе, що сталося в цьому запиті' }).click();
  await page.getByText('записи одного запиту').waitFor();
  await look(page, 'request');
});

test('what a program did by its key stands beside what people did, and is found by the key', { skip }, async () => {
  const { page } = owner;
  await page.goto(`${company.origin}/audit-log?event=contact.listed`);
  await page.getByText('програма, ключ API').first().waitFor();
  await page.getByRole('row').filter({ hasText: 'програма' }).getByRole('button').click();
  await page.getByRole('button', { name: 'Усе, що зробила програма за цим ключем' }).click();
  await page.waitForURL(/apiKeyId=/);
  await page.getByText('Один ключ API').waitFor();
  await page.getByRole('row').nth(1).getByRole('button').click();
  await page.getByRole('button', { name: 'Що бачила програма за цим ключем' }).click();
  await page.getByRole('dialog', { name: 'Що бачила програма за цим ключем' }).getByText('Клієнтів: 2').waitFor();
  await look(page, 'seen');
  assert.deepEqual(owner.troubles, []);
});

test('the same in English', { skip }, async () => {
  const { page } = owner;
  requireOk(await company.owner.client.call('PATCH /api/v1/profile', { body: { language: 'en' } }));
  await page.evaluate(`localStorage.setItem('lubart.language', 'en')`);
  await page.goto(`${company.origin}/audit-log?event=import.finished`);
  await page.getByText('1 entry', { exact: true }).waitFor();
  await page.getByRole('row').nth(1).getByRole('button').click();
  await page.getByRole('dialog').getByText('import in the queue').waitFor();
  await look(page, 'english');
});
