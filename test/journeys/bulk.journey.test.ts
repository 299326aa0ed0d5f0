/** Many clients at once on the screen: chosen by hand and by keyboard, changed after a dialog says how many. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { Company } from '../running-lubart.ts';
import { makeReadyPlace, requireOk, setUpCompany, startLubart } from '../running-lubart.ts';
import type { Visitor } from './browser.ts';
import { browserPath, checkAccessible, openVisitor } from './browser.ts';

const skip = browserPath === undefined ? 'no Chromium on this machine' : false;
let company: Company;
let owner: Visitor;

before(async () => {
  if (skip !== false) return;
  const running = await startLubart(await makeReadyPlace());
  company = await setUpCompany(running.origin, running.setupToken!);
  for (const lastName of ['Коваль', 'Шевчук', 'Бойко'])
    requireOk(await company.owner.client.call('POST /api/v1/contacts', { body: { lastName } }));
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
    await owner.page.screenshot({ path: `${folder}/bulk-${name}-${size}.png` });
  }
  await owner.page.setViewportSize({ width: 1360, height: 860 });
};

test('rows are chosen by hand and by keyboard, and all of them get the stage', { skip }, async () => {
  const { page } = owner;
  await page.goto(`${company.origin}/contacts`);
  await page.getByRole('button', { name: 'Вибрати кілька' }).click();
  await page.getByRole('row', { name: 'Коваль' }).click();
  await page.getByText('Вибрано 1 запис', { exact: true }).waitFor();
  await page.getByRole('row', { name: 'Коваль' }).focus();
  await page.keyboard.press('ArrowUp');
  await page.waitForFunction(
    `document.activeElement.matches('[role=row]') && /Шевчук/.test(document.activeElement.textContent)`,
  );
  await page.keyboard.press(' ');
  await page.getByText('Вибрано 2 записи', { exact: true }).waitFor();
  await checkAccessible(page, 'choosing');
  await picture('choosing');
  await page.getByRole('button', { name: 'Змінити етап' }).click();
  await page.getByLabel('Новий етап').selectOption('customer');
  await checkAccessible(page, 'asking');
  await picture('asking');
  await page.getByRole('button', { name: 'Виконати для 2 записів' }).click();
  await page.getByText('Змінено 2 записи').waitFor();
  const { body } = await company.owner.client.call('GET /api/v1/contacts', { query: { stage: 'customer' } });
  assert.deepEqual(
    body.rows.map(({ lastName }: { lastName: string }) => lastName),
    ['Шевчук', 'Коваль'],
  );
});

test('what somebody else changed meanwhile stops all, and is left out by one press', { skip }, async () => {
  const { page } = owner;
  await page.getByRole('button', { name: 'Вибрати кілька' }).click();
  await page.getByRole('button', { name: 'Вибрати всі показані' }).click();
  await page.getByText('Вибрано 3 записи', { exact: true }).waitFor();
  const { body } = await company.owner.client.call('GET /api/v1/contacts');
  const [{ id, version }] = body.rows;
  const changed = { params: { id }, body: { version, changes: { position: 'директор' } } };
  requireOk(await company.owner.client.call('PATCH /api/v1/contacts/:id', changed));
  await page.getByRole('button', { name: 'У кошик', exact: true }).click();
  await page.getByRole('button', { name: 'Виконати для 3 записів' }).click();
  await page.getByRole('button', { name: 'Прибрати з вибору 1 запис' }).waitFor();
  await checkAccessible(page, 'in the way');
  await picture('in-the-way');
  await page.getByRole('button', { name: 'Прибрати з вибору 1 запис' }).click();
  await page.getByRole('button', { name: 'Виконати для 2 записів' }).click();
  await page.getByRole('region', { name: 'Дії з вибраними' }).waitFor({ state: 'detached' });
  const left = await company.owner.client.call('GET /api/v1/contacts');
  assert.equal(left.body.rows.length, 1);
  assert.deepEqual(owner.troubles, []);
});
