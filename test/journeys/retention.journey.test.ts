/** An owner looks how long the log is kept, shortens one level, forbids deleting about a person, and lifts it again. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { Company } from '../running-lubart.ts';
import { makeReadyPlace, setUpCompany, startLubart } from '../running-lubart.ts';
import type { Visitor } from './browser.ts';
import { browserPath, checkAccessible, openVisitor } from './browser.ts';

const skip = browserPath === undefined ? 'no Chromium on this machine' : false;
let company: Company;
let owner: Visitor;

before(async () => {
  if (skip !== false) return;
  const running = await startLubart(await makeReadyPlace());
  company = await setUpCompany(running.origin, running.setupToken!);
  owner = await openVisitor(company.origin);
  const [name, value] = company.owner.client.cookie.split('=') as [string, string];
  await owner.context.addCookies([{ name, value, url: company.origin }]);
});

test('a time of keeping is shortened, and the page says from when it counts', { skip }, async () => {
  const { page } = owner;
  await page.goto(`${company.origin}/security/retention`);
  await page.getByRole('row', { name: /Безпека/ }).waitFor();
  await checkAccessible(page, 'retention');
  const kept = page.getByLabel('Зберігати: Безпека');
  await kept.selectOption({ label: '1 рік' });
  await page.getByRole('button', { name: 'Зберегти' }).click();
  await page.getByText('Поки що діє: 3 роки.').waitFor();
  await kept.selectOption({ label: 'завжди' });
  await page.getByRole('button', { name: 'Зберегти' }).click();
  await page.getByText('Поки що діє').waitFor({ state: 'detached' });
});

test('on a telephone nothing of it hides behind scrolling sideways', { skip }, async () => {
  const { page } = owner;
  await page.setViewportSize({ width: 390, height: 844 });
  const table = page.getByRole('table', { name: 'Строки за рівнями' });
  for (const cell of await table.getByRole('cell').all()) {
    const box = (await cell.boundingBox())!;
    assert.ok(box.x >= 0 && box.x + box.width <= 390, JSON.stringify(box));
  }
  assert.ok((await table.innerText()).length > 0);
  await checkAccessible(page, 'retention, narrow');
  await page.setViewportSize({ width: 1280, height: 900 });
});

test('a hold about a person is placed and lifted, and stays in the list', { skip }, async () => {
  const { page } = owner;
  await page.getByLabel('Про що').selectOption({ label: 'Людина' });
  await page.getByLabel('Людина').selectOption({ label: 'Олена Коваленко' });
  await page.getByLabel('Причина').fill('Запит суду № 1');
  await page.getByRole('button', { name: 'Заборонити видаляти' }).click();
  const row = page.getByRole('row', { name: /Запит суду № 1/ });
  await row.waitFor();
  await checkAccessible(page, 'retention, hold');
  const pictures = process.env['LUBART_PICTURES'];
  if (pictures !== undefined) {
    await page.screenshot({ path: `${pictures}/retention.png`, fullPage: true });
    await page.setViewportSize({ width: 390, height: 844 });
    await page.screenshot({ path: `${pictures}/retention-narrow.png`, fullPage: true });
    await page.setViewportSize({ width: 1280, height: 900 });
  }
  await row.getByRole('button', { name: 'Зняти заборону' }).click();
  await page.getByRole('button', { name: 'Зняти заборону' }).waitFor({ state: 'detached' });
  assert.match(await row.innerText(), /Олена Коваленко[\s\S]*Олена Коваленко/);
  assert.deepEqual(owner.troubles, []);
});
