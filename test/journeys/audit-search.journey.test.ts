/** From one entry of the log to everything of the same request and address; the page’s address names entries, never an address. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
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

test(
  'everything of the same address is one click away, and only ids stand in the page’s address',
  { skip },
  async () => {
    const { page } = owner;
    await page.goto(`${company.origin}/audit-log?outcome=done&level=security`);
    await page.getByRole('row').nth(1).getByRole('button').click();
    const entry = page.getByRole('dialog');
    for (const way of ['Усе, що сталося в цьому запиті', 'Усе з цієї мережі', 'Усе з такого пристрою']) {
      await entry.getByRole('button', { name: way }).waitFor();
    }
    for (const width of [1360, 390]) {
      await page.setViewportSize({ width, height: 860 });
      await checkAccessible(page, `entry ${width}`);
    }
    await page.setViewportSize({ width: 1360, height: 860 });
    await entry.getByRole('button', { name: 'Усе з цієї адреси' }).click();
    await page.getByRole('button', { name: 'Одна адреса ×' }).waitFor();
    assert.match(page.url(), /addressOf=[0-9a-f-]{36}/);
    assert.ok(!page.url().includes('127.0.0.1', company.origin.length), 'no address in the address');
    for (const width of [1360, 390]) {
      await page.setViewportSize({ width, height: 860 });
      await checkAccessible(page, `list ${width}`);
    }
    await page.getByRole('button', { name: 'Одна адреса ×' }).click();
    await page.waitForURL((url) => !url.search.includes('addressOf'));
  },
);
