/** Support answers a call: sees a client without the phone, shows it for a reason, and finds no place for what is hidden. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { Colleague, Company, InProcess } from '../running-lubart.ts';
import { openInProcess, requireOk, setUpCompany } from '../running-lubart.ts';
import type { Visitor } from './browser.ts';
import { browserPath, checkAccessible, openVisitor } from './browser.ts';

const skip = browserPath === undefined ? 'no Chromium on this machine' : false;

let running: InProcess;
let company: Company;
let support: Colleague;
let visitor: Visitor;
let id: string;

before(async () => {
  if (skip !== false) return;
  running = await openInProcess();
  company = await setUpCompany(running.origin, running.setupToken);
  support = await company.join({
    name: 'Ганна Бойко',
    email: 'hanna.boiko@vezha.example',
    role: 'support',
    departmentId: company.rootId,
  });
  const made = await company.owner.client.call('POST /api/v1/contacts', {
    body: {
      lastName: 'Коваль',
      firstName: 'Олена',
      phones: [{ number: '+380671234559' }],
      emails: [{ address: 'olena@firma.example' }],
      address: 'Луцьк, вул. Замкова, 3',
    },
  });
  requireOk(made);
  id = made.body.id;
  visitor = await openVisitor(running.origin);
  const [name, ...value] = support.client.cookie.split('=');
  await visitor.context.addCookies([
    { name: name!, value: value.join('='), url: running.origin, httpOnly: true, sameSite: 'Lax' },
  ]);
});

test('a client is shown with the phone in its mask and without what is hidden', { skip }, async () => {
  const { page } = visitor;
  await page.goto(`${running.origin}/contacts/${id}`);
  await page.getByRole('heading', { name: 'Коваль Олена' }).waitFor();
  await page.getByText('+380 67 ··· ·· 59').waitFor();
  assert.equal(await page.getByText('Замкова').count(), 0);
  assert.equal(await page.getByText('Адреса', { exact: true }).count(), 0, 'a hidden field has no place');
  await checkAccessible(page, 'a client with masked fields');
});

test('the phone is shown for a reason, on this page only', { skip }, async () => {
  const { page } = visitor;
  const show = page.getByRole('button', { name: 'Показати: Телефони' });
  await show.click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Навіщо вам це значення?').fill('Клієнтка просила передзвонити');
  await checkAccessible(page, 'why a value is shown');
  await dialog.getByRole('button', { name: 'Показати', exact: true }).click();
  await page.getByText('+380 67 123 45 59').waitFor();
  await page.reload();
  await page.getByText('+380 67 ··· ·· 59').waitFor();
});

test('the same in English', { skip }, async () => {
  const { page } = visitor;
  const speak = async (language: 'uk' | 'en') => {
    requireOk(await support.client.call('PATCH /api/v1/profile', { body: { language } }));
    await page.evaluate(`localStorage.setItem('lubart.language', '${language}')`);
    await page.reload();
  };
  await speak('en');
  await page.getByRole('button', { name: 'Show: Phones' }).click();
  await page.getByLabel('Why do you need this value?').waitFor();
  await checkAccessible(page, 'why a value is shown, in English');
  await speak('uk');
});

test('the form has no place for what is closed, and saves the rest', { skip }, async () => {
  const { page } = visitor;
  await page.getByRole('button', { name: 'Редагувати' }).click();
  await page.getByLabel('Посада').fill('директорка');
  assert.equal(await page.getByLabel('Адреса').count(), 0);
  assert.equal(await page.getByText('···').count(), 0, 'a mask is not there to be saved');
  await page.getByRole('button', { name: 'Зберегти зміни' }).click();
  await page.getByText('директорка').first().waitFor();
  const now = await company.owner.client.call('GET /api/v1/contacts/:id', { params: { id } });
  requireOk(now);
  assert.equal(now.body.phones[0].number, '+380671234559');
});

test('what a role hides leaves the list, its filters, its columns and the page', { skip }, async () => {
  const { client } = company.owner;
  const listed = await client.call('GET /api/v1/roles');
  requireOk(listed);
  const role = listed.body.roles.find(({ key }: { key: string }) => key === 'support');
  const contact = { ...role.fieldRights.contact, stage: 'hidden', lastName: 'hidden' };
  requireOk(
    await client.call('PATCH /api/v1/roles/:id', {
      params: { id: role.id },
      body: { version: role.version, fieldRights: { ...role.fieldRights, contact } },
    }),
  );
  const { page } = visitor;
  await page.goto(`${running.origin}/contacts`);
  await page.getByText('+380 67 ··· ·· 59').waitFor();
  assert.equal(await page.getByText('Коваль').count(), 0);
  assert.equal(await page.getByRole('columnheader', { name: 'Етап' }).count(), 0);
  assert.equal(await page.getByRole('option', { name: 'За назвою А–Я' }).count(), 0);
  await page.getByRole('button', { name: 'Фільтри' }).click();
  await page.getByLabel('Відповідальний').waitFor();
  assert.equal(await page.getByLabel('Етап').count(), 0);
  await page.getByRole('button', { name: 'Стовпці' }).click();
  await page.getByRole('checkbox', { name: 'Телефони' }).waitFor();
  assert.equal(await page.getByRole('checkbox', { name: 'Етап' }).count(), 0);
  await checkAccessible(page, 'a list without what is hidden');
});

test('beyond the limit of an hour the server refuses, and the log says so', { skip }, async () => {
  const ask = () =>
    support.client.call('POST /api/v1/contacts/:id/reveal', {
      params: { id },
      body: { field: 'emails', reason: 'Перебираю базу' },
    });
  for (let done = 1; done < 30; done += 1) requireOk(await ask());
  const refused = await ask();
  assert.deepEqual([refused.status, refused.body.error.code], [429, 'reveal.too_many']);
  const listed = await company.owner.client.call('GET /api/v1/audit-entries', {
    query: { event: 'contact.reveal.denied' },
  });
  requireOk(listed);
  assert.deepEqual(
    listed.body.rows.map(({ outcome, reason }: { outcome: string; reason: string }) => [outcome, reason]),
    [['refused', 'reveal.too_many']],
  );
});

test('the owner reads who looked, and why', { skip }, async () => {
  const { client } = company.owner;
  const listed = await client.call('GET /api/v1/audit-entries', { query: { event: 'contact.revealed' } });
  requireOk(listed);
  assert.equal(listed.body.rows.length, 30);
  const first = listed.body.rows.at(-1);
  const entry = await client.call('GET /api/v1/audit-entries/:id', { params: { id: first.id } });
  requireOk(entry);
  assert.deepEqual(entry.body.changes, [{ field: 'reason', before: null, after: 'Клієнтка просила передзвонити' }]);
  assert.deepEqual(visitor.troubles, []);
});
