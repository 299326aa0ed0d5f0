/** The sealed sheet in the browser: the owner makes it, checks a half, and comes in by both. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { Company, InProcess } from '../running-lubart.ts';
import { openInProcess, setUpCompany } from '../running-lubart.ts';
import type { Visitor } from './browser.ts';
import { browserPath, checkAccessible, openVisitor } from './browser.ts';

const skip = browserPath === undefined ? 'no Chromium on this machine' : false;
let running: InProcess;
let company: Company;
let owner: Visitor;
let halves: string[];

before(async () => {
  if (skip !== false) return;
  running = await openInProcess();
  company = await setUpCompany(running.origin, running.setupToken);
  owner = await openVisitor(running.origin);
  const [name = '', value = ''] = company.owner.client.cookie.split('=');
  await owner.context.addCookies([{ name, value, url: running.origin }]);
});

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const picture = async (page: Page, name: string) => {
  const folder = process.env['LUBART_PICTURES'];
  if (folder !== undefined) await page.screenshot({ path: `${folder}/emergency-${name}.png`, fullPage: true });
};

test('the owner makes a sheet, sees its halves once, and has one checked', { skip }, async () => {
  const { page } = owner;
  await page.goto(`${running.origin}/security/emergency`);
  await button(page, 'Зробити аркуш').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Зробити аркуш' }).click();
  await page.getByText('Роздрукуйте зараз').waitFor();
  await page.locator('pre').nth(1).waitFor({ state: 'attached' });
  halves = await page.locator('pre').allTextContents();
  assert.equal(halves.length, 2);
  await checkAccessible(page, 'the sheet');
  await picture(page, 'sheet');
  const folder = process.env['LUBART_PICTURES'];
  if (folder !== undefined) {
    await page.emulateMedia({ media: 'print' });
    await picture(page, 'print');
    await page.emulateMedia({ media: null });
  }
  await button(page, 'Роздруковано, сховати').click();
  await page.getByLabel('Половина').fill(halves[0]!);
  await button(page, 'Перевірити половину').click();
  await page.getByText('Половина 1 справжня.').waitFor();
});

test('both halves let the owner in; in English the way is found from the sign-in page', { skip }, async () => {
  const { page, context } = owner;
  await context.clearCookies();
  await page.goto(`${running.origin}/sign-in`);
  await page.getByRole('link', { name: 'Аварійний вхід' }).click();
  await page.getByLabel('Перша половина').fill(halves[0]!);
  await page.getByLabel('Друга половина').fill(halves[0]!);
  await page.getByText('Це дві однакові половини').waitFor();
  await button(page, 'English').click();
  await page.getByRole('heading', { name: 'Emergency sign-in' }).waitFor();
  await checkAccessible(page, 'emergency sign-in');
  await page.setViewportSize({ width: 390, height: 800 });
  await picture(page, 'entry-narrow');
  await page.getByLabel('Second half').fill(halves[1]!);
  await button(page, 'Sign in by the sheet').click();
  await page.waitForURL('**/profile');
  await page.getByText('somebody came in by the sheet as').or(page.getByText('за аркушем увійшли як')).waitFor();
  assert.deepEqual(owner.troubles, []);
});
