/** The tree of departments: an owner moves a department by hand, names a head, and a head names a deputy for the holiday. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { Colleague, Company } from '../running-lubart.ts';
import { makeReadyPlace, requireOk, setUpCompany, startLubart } from '../running-lubart.ts';
import type { Visitor } from './browser.ts';
import { browserPath, checkAccessible, openVisitor } from './browser.ts';

const skip = browserPath === undefined ? 'no Chromium on this machine' : false;
let company: Company;
let head: Colleague;
let manager: Colleague;
let owner: Visitor;
let away: Visitor;

before(async () => {
  if (skip !== false) return;
  const running = await startLubart(await makeReadyPlace());
  company = await setUpCompany(running.origin, running.setupToken!);
  const sales = await company.addDepartment('Продажі');
  const north = await company.addDepartment('Продажі: північ');
  const service = await company.addDepartment('Сервіс');
  const join = (name: string, email: string, role: 'head' | 'manager', departmentId: string) =>
    company.join({ name, email: `${email}@vezha.example`, role, departmentId });
  head = await join('Ірина Савчук', 'iryna.savchuk', 'head', sales);
  manager = await join('Тарас Мельник', 'taras.melnyk', 'manager', north);
  await join('Соломія Ткачук', 'solomiia.tkachuk', 'manager', service);
  requireOk(await manager.client.call('POST /api/v1/contacts', { body: { lastName: 'Коваль' } }));
  owner = await browserOf(company.owner.client.cookie);
  away = await browserOf(head.client.cookie);
});

async function browserOf(cookie: string): Promise<Visitor> {
  const visitor = await openVisitor(company.origin);
  const [name, value] = cookie.split('=') as [string, string];
  await visitor.context.addCookies([{ name, value, url: company.origin }]);
  return visitor;
}

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const picture = async (page: Page, name: string) => {
  const folder = process.env['LUBART_PICTURES'];
  if (folder !== undefined) await page.screenshot({ path: `${folder}/departments-${name}.png` });
};
/** What is told to whoever cannot see the dragging; a key that comes before it would be lost. */
const told = (page: Page, text: string) => page.getByText(text, { exact: true }).waitFor({ state: 'attached' });
async function clientsSeenBy(who: Colleague): Promise<number> {
  const answer = await who.client.call('GET /api/v1/contacts');
  requireOk(answer);
  return answer.body.rows.length;
}

test(
  'a department is dragged into another; before it moves, the screen says who sees its clients then',
  { skip },
  async () => {
    const { page } = owner;
    await page.goto(`${company.origin}/people/departments`);
    await page.getByText('Тарас Мельник').waitFor();
    await checkAccessible(page, 'departments');
    await picture(page, 'tree');
    assert.equal(await clientsSeenBy(head), 0);
    await button(page, 'Перетягнути: Продажі: північ').hover();
    await page.mouse.down();
    const target = (await page.getByText('Продажі', { exact: true }).boundingBox())!;
    await page.mouse.move(target.x + 20, target.y + 12, { steps: 8 });
    await told(page, 'Над відділом «Продажі».');
    await picture(page, 'dragging');
    await page.mouse.up();
    await page.getByText('Цих клієнтів почнуть бачити: Ірина Савчук.').waitFor();
    await page.getByText('Разом із відділом: 1 людина, контактів — 1, компаній — 0.').waitFor();
    await checkAccessible(page, 'moving a department');
    await picture(page, 'move');
    await button(page, 'Перенести').click();
    await page.getByText('Відділ перенесено').waitFor();
    assert.equal(await clientsSeenBy(head), 1, 'at the next request, in the session that is open');
  },
);

test('from the keyboard a person is taken, carried and put down', { skip }, async () => {
  const { page } = owner;
  await button(page, 'Перетягнути: Соломія Ткачук').focus();
  await page.keyboard.press('Space');
  await told(page, 'Взято: Соломія Ткачук.');
  await page.keyboard.press('ArrowUp');
  await told(page, 'Над відділом «Сервіс».');
  await page.keyboard.press('ArrowUp');
  await told(page, 'Над відділом «Продажі: північ».');
  await page.keyboard.press('Space');
  await page.getByText('Переведення: Соломія Ткачук').waitFor();
  await page.getByText('Сама людина бачитиме контактів — 0 (зараз 0).').waitFor();
  await checkAccessible(page, 'moving a person');
  await picture(page, 'person');
  await button(page, 'Скасувати').click();
});

test('the owner names a head; the crown is on the screen', { skip }, async () => {
  const { page } = owner;
  await button(page, 'Дії з відділом «Продажі: північ»').click();
  await page.getByRole('menuitem', { name: 'Керівники відділу' }).click();
  await page.getByRole('checkbox', { name: /Тарас Мельник/ }).check();
  await checkAccessible(page, 'heads');
  await picture(page, 'heads');
  await button(page, 'Зберегти').click();
  await page.getByText('Керівників збережено').waitFor();
  await page.getByText('керівник', { exact: true }).waitFor();
});

test('the head names a deputy for the holiday, and ends it', { skip }, async () => {
  const { page } = away;
  await page.goto(`${company.origin}/people/departments`);
  await button(page, 'Призначити заступника').click();
  await page.getByLabel('Хто заступає').selectOption({ label: 'Соломія Ткачук' });
  await page.getByLabel('Останній день').fill(new Date(Date.now() + 5 * 86_400_000).toISOString().slice(0, 10));
  await checkAccessible(page, 'naming a deputy');
  await picture(page, 'deputy');
  await button(page, 'Призначити').click();
  await page.getByText('Соломія Ткачук — замість керівника: Ірина Савчук').waitFor();
  await picture(page, 'deputies');
  await button(page, 'Завершити заступництво: Соломія Ткачук').click();
  await button(page, 'Завершити').click();
  await page.getByText('Заступництво завершено').waitFor();
});

test('narrow, dark and in English it is whole too', { skip }, async () => {
  const { page } = owner;
  await page.setViewportSize({ width: 390, height: 844 });
  await page.reload();
  await page.getByText('Соломія Ткачук').waitFor();
  await checkAccessible(page, 'departments, narrow');
  await picture(page, 'narrow');
  requireOk(await company.owner.client.call('PATCH /api/v1/profile', { body: { language: 'en' } }));
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.setViewportSize({ width: 1360, height: 860 });
  await page.reload();
  await page.getByRole('heading', { name: 'Deputies while a head is away' }).waitFor();
  await checkAccessible(page, 'departments, English, dark');
  await picture(page, 'english');
  assert.deepEqual([...owner.troubles, ...away.troubles], []);
});
