/** An auditor takes the log away and verifies it on a page that was opened from a file, with the network off. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Download, Page } from 'playwright-core';
import { makeTestFolder } from '../harness.ts';
import type { Company } from '../running-lubart.ts';
import { makeReadyPlace, requireOk, setUpCompany, startLubart, until } from '../running-lubart.ts';
import type { Visitor } from './browser.ts';
import { browserPath, checkAccessible, openVisitor } from './browser.ts';

const skip = browserPath === undefined ? 'no Chromium on this machine' : false;
const { path: folder } = makeTestFolder();
let company: Company;
let owner: Visitor;
const taken = { log: '', page: '', key: '', checkpoint: '', proof: '', entry: '' };

before(async () => {
  if (skip !== false) return;
  const running = await startLubart(await makeReadyPlace());
  company = await setUpCompany(running.origin, running.setupToken!);
  for (const lastName of ['Коваль', 'Бондар', 'Гончар'])
    requireOk(await company.owner.client.call('POST /api/v1/contacts', { body: { lastName } }));
  owner = await openVisitor(company.origin);
  const [name, value] = company.owner.client.cookie.split('=') as [string, string];
  await owner.context.addCookies([{ name, value, url: company.origin }]);
});

const picture = async (page: Page, name: string) => {
  const pictures = process.env['LUBART_PICTURES'];
  if (pictures !== undefined) await page.screenshot({ path: `${pictures}/verifier-${name}.png`, fullPage: true });
};
async function keep(download: Download): Promise<string> {
  const path = join(folder, download.suggestedFilename());
  await download.saveAs(path);
  return path;
}

test(
  'the owner hands out the key, a checkpoint, the log, the page, and one entry with its proof',
  { skip },
  async () => {
    const { page } = owner;
    await page.goto(`${company.origin}/audit-log`);
    await page.getByRole('button', { name: 'Журнал для аудитора' }).click();
    const dialog = page.getByRole('dialog', { name: 'Журнал для аудитора' });
    taken.key = await dialog.getByLabel('Ключ журналу').inputValue();
    taken.checkpoint = await dialog.getByLabel('Контрольна точка зараз').inputValue();
    await checkAccessible(page, 'for an auditor');
    await picture(page, 'dialog');
    const get = async (click: () => Promise<void>) => {
      const [download] = await Promise.all([page.waitForEvent('download'), click()]);
      return keep(download);
    };
    taken.log = await get(() => dialog.getByRole('button', { name: 'Вивантажити журнал із доказами' }).click());
    taken.page = await get(() => dialog.getByRole('link', { name: 'сторінка, що працює без мережі' }).click());
    await dialog.getByRole('button', { name: 'Закрити' }).click();
    await page
      .getByRole('button', { name: /Створено контакт/ })
      .first()
      .click();
    const both: Promise<string>[] = [];
    page.on('download', (download) => both.push(keep(download)));
    await page.getByRole('button', { name: 'Доказ цього запису' }).click();
    await until('both files', 20, async () => both.length === 2);
    const files = await Promise.all(both);
    taken.proof = files.find((file) => file.endsWith('.tlog-proof'))!;
    taken.entry = files.find((file) => file.endsWith('.json'))!;
    await picture(page, 'entry');
    assert.deepEqual(owner.troubles, []);
  },
);

test(
  'the page, from a file and without a network, says that the log is whole, and what is wrong with a changed one',
  { skip },
  async () => {
    const auditor = await openVisitor(company.origin, {}, 'new');
    await auditor.context.setOffline(true);
    const { page } = auditor;
    await page.goto(pathToFileURL(taken.page).href);
    await checkAccessible(page, 'verifier');
    await page.getByLabel('Файл журналу або доказ запису').setInputFiles(taken.log);
    await page.getByLabel('Ключі, яким ви вірите').fill(taken.key);
    await page.getByLabel('Контрольна точка, яку ви зберегли раніше').fill(taken.checkpoint);
    await page.getByRole('button', { name: 'Перевірити' }).click();
    await page.getByText('✔ Журнал цілий').waitFor();
    await checkAccessible(page, 'verifier, whole');
    await picture(page, 'whole');
    const text = readFileSync(taken.log, 'utf8').split('\n');
    const changed = join(folder, 'changed.lubart-log');
    writeFileSync(changed, text.filter((_, at) => at !== 4).join('\n'));
    await page.getByLabel('Файл журналу або доказ запису').setInputFiles(changed);
    await page.getByRole('button', { name: 'Перевірити' }).click();
    await page.getByText('✖ Журналу вірити не можна').waitFor();
    await picture(page, 'broken');
    await page.getByLabel('Файл журналу або доказ запису').setInputFiles(taken.proof);
    await page.getByLabel('Сам запис').setInputFiles(taken.entry);
    await page.getByRole('button', { name: 'Перевірити' }).click();
    await page.getByText('✔ Запис справжній').waitFor();
    await page.getByRole('button', { name: 'English' }).click();
    await page.setViewportSize({ width: 390, height: 844 });
    await page.getByRole('button', { name: 'Verify' }).click();
    await page.getByText('✔ The entry is genuine').waitFor();
    await checkAccessible(page, 'verifier, narrow and English');
    await picture(page, 'narrow');
    assert.deepEqual(
      auditor.troubles.filter((trouble) => !trouble.includes('file://')),
      [],
    );
  },
);
