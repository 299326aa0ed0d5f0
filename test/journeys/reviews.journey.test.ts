/** An access review from the first click to the signed sheet: the owner starts it, the head answers, the owner closes it. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { Colleague, Company } from '../running-lubart.ts';
import { makeReadyPlace, requireOk, setUpCompany, startLubart } from '../running-lubart.ts';
import type { Visitor } from './browser.ts';
import { browserPath, checkAccessible, openVisitor } from './browser.ts';

const skip = browserPath === undefined ? 'no Chromium on this machine' : false;
let company: Company;
let second: Colleague;
let owner: Visitor;
let head: Visitor;

before(async () => {
  if (skip !== false) return;
  const running = await startLubart(await makeReadyPlace());
  company = await setUpCompany(running.origin, running.setupToken!);
  const sales = await company.addDepartment('Продажі');
  const join = (name: string, email: string, role: 'head' | 'manager' | 'auditor' | 'owner', departmentId: string) =>
    company.join({ name, email: `${email}@vezha.example`, role, departmentId });
  second = await join('Богдан Романюк', 'bohdan.romaniuk', 'owner', company.rootId);
  const leads = await join('Ірина Савчук', 'iryna.savchuk', 'head', sales);
  const manager = await join('Тарас Мельник', 'taras.melnyk', 'manager', sales);
  await join('Соломія Ткачук', 'solomiia.tkachuk', 'manager', sales);
  await join('Дарина Поліщук', 'daryna.polishchuk', 'auditor', company.rootId);
  requireOk(
    await company.owner.client.call('PATCH /api/v1/people/:id', {
      params: { id: manager.personId },
      body: { roles: ['manager', 'accountant'] },
    }),
  );
  requireOk(await leads.client.call('POST /api/v1/contacts', { body: { lastName: 'Коваль' } }));
  owner = await browserOf(company.owner);
  head = await browserOf(leads);
});

async function browserOf(who: Colleague): Promise<Visitor> {
  const visitor = await openVisitor(company.origin);
  const [name, value] = who.client.cookie.split('=') as [string, string];
  await visitor.context.addCookies([{ name, value, url: company.origin }]);
  return visitor;
}

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const picture = async (page: Page, name: string) => {
  const folder = process.env['LUBART_PICTURES'];
  if (folder !== undefined) await page.screenshot({ path: `${folder}/reviews-${name}.png`, fullPage: true });
};
const look = async (page: Page, name: string) => {
  await checkAccessible(page, name);
  await picture(page, name);
  await page.setViewportSize({ width: 390, height: 844 });
  await checkAccessible(page, `${name}, narrow`);
  await picture(page, `${name}-narrow`);
  await page.setViewportSize({ width: 1360, height: 860 });
};

test('the owner sees how many rights there are, and starts a review', { skip }, async () => {
  const { page } = owner;
  await page.goto(`${company.origin}/security/reviews`);
  await page.getByText('Переглядів ще не було').waitFor();
  await look(page, 'empty');
  await button(page, 'Правила').click();
  await page.getByLabel('Скільки днів на відповіді').waitFor();
  await checkAccessible(page, 'rules');
  await picture(page, 'rules');
  await button(page, 'Скасувати').click();
  await button(page, 'Почати перегляд').click();
  await page.getByText('Людей: 6, прав: 7.').waitFor();
  await checkAccessible(page, 'start');
  await picture(page, 'start');
  await page.getByRole('dialog').getByRole('button', { name: 'Почати перегляд' }).click();
  await page.getByRole('heading', { name: 'Позачерговий' }).waitFor();
  await page.getByRole('heading', { name: 'Вашої відповіді чекають 3 права' }).waitFor();
  await look(page, 'list');
});

test('the head answers by mouse and by keyboard; a withdrawal is seen at once', { skip }, async () => {
  const { page } = head;
  await page.goto(`${company.origin}/contacts`);
  await page.getByRole('link', { name: /Безпека.*Вашої відповіді чекають 3 права/ }).waitFor();
  await page.goto(`${company.origin}/security/reviews/mine`);
  await page.getByText('Відповіли на 0 з 3').waitFor();
  await look(page, 'answer');
  await button(page, 'Відкликати: Бухгалтер, Тарас Мельник').click();
  await page.getByText('Відповіли на 1 з 3').waitFor();
  await button(page, 'Підтвердити: Менеджер, Соломія Ткачук').focus();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('1');
  await page.getByText('Відповіли на 2 з 3').waitFor();
  // The next key goes on from here.
  await page.waitForFunction(
    `document.activeElement.getAttribute('aria-label') === 'Підтвердити: Менеджер, Тарас Мельник'`,
  );
  await page.getByLabel('Примітка: Бухгалтер, Тарас Мельник').fill('Рахунки веде Соломія');
  await button(page, 'Зберегти примітку').click();
  await button(page, 'Зберегти примітку').waitFor({ state: 'detached' });
  await look(page, 'answered');
  const people = await company.owner.client.call('GET /api/v1/people');
  const taras = people.body.people.find(({ name }: { name: string }) => name === 'Тарас Мельник');
  assert.deepEqual(
    taras.roles.map(({ key }: { key: string }) => key),
    ['manager'],
  );
  assert.deepEqual(head.troubles, []);
});

test(
  'the owner sees who is silent and what that will cost, closes, and prints the signed sheet',
  { skip },
  async () => {
    const { page } = owner;
    await answerForOwner();
    await page.getByRole('link', { name: 'Відкрити: Позачерговий' }).click();
    await page.getByRole('heading', { name: 'Що станеться, якщо ніхто не відповість' }).waitFor();
    await page.getByText('Відповіли на 3 з 7').first().waitFor();
    await look(page, 'campaign');
    await button(page, 'Закрити зараз').click();
    await page.getByText('4 права без відповіді буде відкликано').waitFor();
    await checkAccessible(page, 'close');
    await page.getByRole('dialog').getByRole('button', { name: 'Закрити зараз' }).click();
    await page.getByRole('link', { name: 'Підписаний підсумок' }).click();
    await page.getByText('Підпис справжній').waitFor();
    await page.getByText('Примітка: Рахунки веде Соломія').waitFor();
    await look(page, 'result');
    await page.emulateMedia({ media: 'print' });
    await picture(page, 'printed');
    await page.emulateMedia({ media: 'screen' });
    await page.evaluate("localStorage.setItem('lubart.language', 'en')");
    await page.route('**/api/v1/session', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...(await response.json()), language: 'en' } });
    });
    await page.goto(`${company.origin}/security/reviews`);
    await page.getByRole('heading', { name: 'Extraordinary' }).waitFor();
    await look(page, 'list-en');
    await page.getByRole('link', { name: 'Open: Extraordinary' }).click();
    await page.getByRole('link', { name: 'Signed result' }).click();
    await page.getByText('The signature holds').waitFor();
    await look(page, 'result-en');
    assert.deepEqual(owner.troubles, []);
  },
);

/** One owner answers for the other: whoever closes a review that nobody answered would lose the own role. */
async function answerForOwner(): Promise<void> {
  const mine = await second.client.call('GET /api/v1/reviews/mine');
  const [campaign] = mine.body.campaigns as { id: string; rights: { id: string; person: { name: string } }[] }[];
  const right = campaign!.rights.find(({ person }) => person.name === 'Олена Коваленко')!;
  requireOk(
    await second.client.call('POST /api/v1/reviews/:id/answers', {
      params: { id: campaign!.id },
      body: { answers: [{ itemId: right.id, answer: 'confirm' }] },
    }),
  );
}
