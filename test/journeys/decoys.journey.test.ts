/** A decoy is planted by its address; when somebody opens it, the page says so and leads to who it was. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { Company } from '../running-lubart.ts';
import { makeReadyPlace, requireOk, setUpCompany, startLubart, until } from '../running-lubart.ts';
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
  const made = await company.owner.client.call('POST /api/v1/contacts', { body: { lastName: 'Приманюк' } });
  requireOk(made);
  id = made.body.id;
  owner = await openVisitor(company.origin);
  const [name, value] = company.owner.client.cookie.split('=') as [string, string];
  await owner.context.addCookies([{ name, value, url: company.origin }]);
});

test('planted, touched, and seen', { skip }, async () => {
  const { page } = owner;
  await page.goto(`${company.origin}/security/decoys`);
  await page.getByText('Приманок немає').waitFor();
  await checkAccessible(page, 'decoys, none');
  await page.getByLabel('Адреса сторінки клієнта').fill('щось інше');
  await page.getByText('Скопіюйте адресу сторінки').waitFor();
  await page.getByLabel('Адреса сторінки клієнта').fill(`${company.origin}/contacts/${id}`);
  await page.getByRole('button', { name: 'Посадити приманку' }).click();
  await page.getByRole('row', { name: /Контакт.*Олена Коваленко 0 —/ }).waitFor();
  await company.owner.client.call('GET /api/v1/contacts/:id', { params: { id } });
  await until('the touch to be counted', 20, async () => {
    const { body } = await company.owner.client.call('GET /api/v1/security/decoys');
    return (body.decoys as { touches: number }[]).some(({ touches }) => touches > 0);
  });
  await page.reload();
  await page.getByText('Торкнулися приманок: 1').waitFor();
  await checkAccessible(page, 'decoys, touched');
  const pictures = process.env['LUBART_PICTURES'];
  if (pictures !== undefined) await page.screenshot({ path: `${pictures}/decoys.png` });
  await page.getByRole('link', { name: 'Хто торкався' }).click();
  await page
    .getByRole('button', { name: /Хтось торкнувся приманки/ })
    .first()
    .waitFor();
  assert.deepEqual(owner.troubles, []);
});
