/** Who reads the audit log: levels to choose from, a flood as one line with its count, and a client that was erased. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { Company } from '../running-lubart.ts';
import { makeReadyPlace, requireOk, setUpCompany, startLubart, until } from '../running-lubart.ts';
import type { Visitor } from './browser.ts';
import { browserPath, checkAccessible, openVisitor } from './browser.ts';

const skip = browserPath === undefined ? 'no Chromium on this machine' : false;
let company: Company;
let owner: Visitor;

before(async () => {
  if (skip !== false) return;
  const running = await startLubart(await makeReadyPlace());
  company = await setUpCompany(running.origin, running.setupToken!);
  const { client } = company.owner;
  const made = await client.call('POST /api/v1/contacts', { body: { lastName: 'Забувайко' } });
  requireOk(made);
  const given = { params: { id: made.body.id as string } };
  const changed = { version: made.body.version, changes: { lastName: 'Незгадайко' } };
  requireOk(await client.call('PATCH /api/v1/contacts/:id', { ...given, body: changed }));
  requireOk(await client.call('POST /api/v1/contacts/:id/archive', given));
  requireOk(await client.call('POST /api/v1/contacts/:id/erase', { ...given, body: { reason: 'asked' } }));
  // Somebody without a session knocks and knocks.
  for (let time = 0; time < 130; time += 1) await fetch(`${running.origin}/api/v1/contacts`);
  owner = await openVisitor(company.origin);
  const [name, value] = client.cookie.split('=') as [string, string];
  await owner.context.addCookies([{ name, value, url: company.origin }]);
});

const picture = async (page: Page, name: string) => {
  const folder = process.env['LUBART_PICTURES'];
  if (folder !== undefined) await page.screenshot({ path: `${folder}/audit-${name}.png` });
};

test('levels are chosen, a flood is one line with its count, and what was erased says so', { skip }, async () => {
  const { page } = owner;
  await page.goto(`${company.origin}/audit-log`);
  const level = page.getByRole('combobox', { name: 'Рівень' });
  await level.waitFor();
  assert.deepEqual(await level.locator('option').allTextContents(), [
    'Усі',
    'Безпека',
    'Дані',
    'Управління',
    'Система',
    'Плагіни',
  ]);
  await level.selectOption('data');
  await page.waitForURL(/level=data/);
  await page.getByRole('row').nth(1).waitFor();
  await checkAccessible(page, 'the log by level');
  await picture(page, 'data');

  await level.selectOption('security');
  // Counts are gathered for five seconds.
  await until('the flood to be counted', 20, async () => {
    const query = { level: 'security', outcome: 'refused' };
    const { body } = await company.owner.client.call('GET /api/v1/audit-entries', { query });
    return (body.rows as { facts: { times?: number } }[])[0]?.facts.times !== undefined;
  });
  await page.goto(`${company.origin}/audit-log?level=security&outcome=refused`);
  await page.getByRole('row').nth(1).getByRole('button').click();
  const drawer = page.getByRole('dialog');
  await drawer.getByText('Скільки разів').waitFor();
  await picture(page, 'flood');
  await drawer.getByRole('button', { name: 'Закрити' }).click();

  await page.goto(`${company.origin}/audit-log?event=contact.updated`);
  await page.getByRole('row').nth(1).getByRole('button').click();
  await page.getByRole('dialog').getByText('Стерто: ключ цього клієнта знищено').waitFor();
  await checkAccessible(page, 'an entry about whom was erased');
  await picture(page, 'erased');
  await page.setViewportSize({ width: 390, height: 844 });
  await picture(page, 'erased-narrow');
  assert.deepEqual(owner.troubles, []);
});
