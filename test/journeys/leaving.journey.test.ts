/** A manager leaves: the owner sees what will happen, says who takes the clients, and has a certificate to print. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { Colleague, Company } from '../running-lubart.ts';
import { makeReadyPlace, requireOk, setUpCompany, startLubart } from '../running-lubart.ts';
import type { Visitor } from './browser.ts';
import { browserPath, checkAccessible, openVisitor } from './browser.ts';

const skip = browserPath === undefined ? 'no Chromium on this machine' : false;
let company: Company;
let manager: Colleague;
let owner: Visitor;

before(async () => {
  if (skip !== false) return;
  const running = await startLubart(await makeReadyPlace());
  company = await setUpCompany(running.origin, running.setupToken!);
  const north = await company.addDepartment('Продажі: північ');
  const join = (name: string, email: string) =>
    company.join({ name, email: `${email}@vezha.example`, role: 'manager', departmentId: north });
  manager = await join('Тарас Мельник', 'taras.melnyk');
  await join('Соломія Ткачук', 'solomiia.tkachuk');
  requireOk(await manager.client.call('POST /api/v1/contacts', { body: { lastName: 'Коваль' } }));
  owner = await openVisitor(company.origin);
  const [name, value] = company.owner.client.cookie.split('=') as [string, string];
  await owner.context.addCookies([{ name, value, url: company.origin }]);
});

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const picture = async (page: Page, name: string) => {
  const folder = process.env['LUBART_PICTURES'];
  if (folder !== undefined) await page.screenshot({ path: `${folder}/leaving-${name}.png` });
};

test('the owner asks where the clients go before somebody is moved', { skip }, async () => {
  const { page } = owner;
  await page.goto(`${company.origin}/people`);
  await button(page, 'Змінити: Тарас Мельник').click();
  await button(page, 'Перевести до іншого відділу').click();
  await page.getByText('Клієнти, яких треба передати: контакти — 1, компанії — 0').waitFor();
  await page.getByRole('radio', { name: 'Залишаться у відділі' }).check();
  await checkAccessible(page, 'moving');
  await picture(page, 'move');
  await button(page, 'Скасувати').click();
});

test('a manager leaves: numbers first, then the heir, then the certificate', { skip }, async () => {
  const { page } = owner;
  await button(page, 'Змінити: Тарас Мельник').click();
  await button(page, 'Оформити звільнення').click();
  await page.getByText('Завершення відкритих сеансів').waitFor();
  await checkAccessible(page, 'leaving: what will happen');
  await picture(page, 'plan');
  await button(page, 'Далі').click();
  await page.getByLabel('Хто прийме клієнтів').selectOption({ label: 'Соломія Ткачук' });
  await checkAccessible(page, 'leaving: who takes the clients');
  await picture(page, 'heir');
  await button(page, 'Припинити доступ і передати').click();
  await page.getByText('Доступ припинено, клієнтів передано.').waitFor();
  assert.equal((await manager.client.call('GET /api/v1/session')).status, 401);
  await page.getByRole('link', { name: 'Відкрити акт' }).click();
  await page.getByRole('heading', { name: 'Акт про припинення доступу' }).waitFor();
  await page.getByRole('row', { name: /Соломія Ткачук 1 0/ }).waitFor();
  await checkAccessible(page, 'the certificate');
  await picture(page, 'certificate');
  await page.setViewportSize({ width: 390, height: 844 });
  await checkAccessible(page, 'the certificate, narrow');
  await picture(page, 'certificate-narrow');
  assert.deepEqual(owner.troubles, []);
});

test('forgotten accounts: somebody who has left with roles, an invitation without an answer', { skip }, async () => {
  const { page } = owner;
  await page.setViewportSize({ width: 1360, height: 900 });
  const { client } = company.owner;
  const invited = await client.call('POST /api/v1/invitations', {
    body: {
      name: 'Юрій Новак',
      email: 'yurii.novak@vezha.example',
      roles: ['manager'],
      departmentId: manager.departmentId,
    },
  });
  requireOk(invited);
  const listed = await client.call('GET /api/v1/people');
  requireOk(listed);
  const heir = (listed.body.people as { id: string; name: string }[]).find(({ name }) => name === 'Соломія Ткачук')!;
  requireOk(await client.call('PATCH /api/v1/people/:id', { params: { id: heir.id }, body: { active: false } }));
  await page.goto(`${company.origin}/security/sleeping`);
  await page.getByRole('table', { name: 'Пішли, але щось лишилося' }).getByText('Соломія Ткачук').waitFor();
  await page.getByRole('table', { name: 'Запрошення без відповіді' }).getByText('Юрій Новак').waitFor();
  await checkAccessible(page, 'forgotten accounts');
  await picture(page, 'sleeping');
  await button(page, 'Оформити звільнення: Соломія Ткачук').click();
  await page.getByText('Клієнти, яких треба передати: контакти — 1, компанії — 0').waitFor();
  await picture(page, 'from-sleeping');
  await button(page, 'Скасувати').click();
  await page.setViewportSize({ width: 390, height: 844 });
  await checkAccessible(page, 'forgotten accounts, narrow');
  await picture(page, 'sleeping-narrow');
});

test('in English; the dialog of a person has its buttons in sight on a low screen', { skip }, async () => {
  const { page } = owner;
  requireOk(await company.owner.client.call('PATCH /api/v1/profile', { body: { language: 'en' } }));
  await company.join({
    name: 'Марко Дуб',
    email: 'marko.dub@vezha.example',
    role: 'manager',
    departmentId: manager.departmentId,
  });
  await page.setViewportSize({ width: 1360, height: 700 });
  await page.goto(`${company.origin}/people`);
  await button(page, 'Change: Марко Дуб').click();
  const save = button(page, 'Save');
  await save.waitFor();
  await checkAccessible(page, 'a person'); // and the dialog has come to rest
  const box = (await save.boundingBox())!;
  assert.ok(box.y + box.height <= 700, 'the button is in sight');
  await picture(page, 'person');
  await page.setViewportSize({ width: 390, height: 844 });
  await checkAccessible(page, 'a person, narrow');
  await picture(page, 'person-narrow');
  await button(page, 'Move to another department').click();
  await page.getByText('The rights in the new department take effect at once.').waitFor();
  await picture(page, 'move-narrow');
  assert.deepEqual(owner.troubles, []);
});
