/** The recovery kit in the browser: the owner makes it, prints it, is not done before it is typed back; others are warned. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { Colleague, Company, InProcess } from '../running-lubart.ts';
import { openInProcess, setUpCompany } from '../running-lubart.ts';
import type { Visitor } from './browser.ts';
import { browserPath, checkAccessible, openVisitor } from './browser.ts';

const skip = browserPath === undefined ? 'no Chromium on this machine' : false;
let running: InProcess;
let company: Company;
let owner: Visitor;
let sheets: string[];

const visit = async (who: Pick<Colleague, 'client'>): Promise<Visitor> => {
  const visitor = await openVisitor(running.origin);
  const [name = '', value = ''] = who.client.cookie.split('=');
  await visitor.context.addCookies([{ name, value, url: running.origin }]);
  return visitor;
};

before(async () => {
  if (skip !== false) return;
  running = await openInProcess();
  company = await setUpCompany(running.origin, running.setupToken);
  owner = await visit(company.owner);
});

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const folder = process.env['LUBART_PICTURES'];
const picture = async (page: Page, name: string) => {
  if (folder !== undefined) await page.screenshot({ path: `${folder}/kit-${name}.png`, fullPage: true });
};
/** Everything in which a page could leave something behind. */
const leftBehind = (page: Page) =>
  page.evaluate<string>(`indexedDB.databases().then((databases) => JSON.stringify([
    location.href, document.title, history.state, Object.entries(localStorage), Object.entries(sessionStorage), databases,
  ]))`);

test(
  'the owner makes a kit of three sheets; they are on paper, and on the screen only when asked for',
  { skip },
  async () => {
    const { page } = owner;
    await page.goto(`${running.origin}/security/kit`);
    await page.getByText('Набору ще немає').waitFor();
    await checkAccessible(page, 'no kit yet');
    await picture(page, 'none');
    await button(page, 'Зробити набір').click();
    await page.getByLabel('Скільки з них потрібно разом').waitFor();
    await checkAccessible(page, 'choosing');
    await picture(page, 'choose');
    await button(page, 'Зробити набір').click();
    await page.getByText('Роздрукуйте зараз').waitFor();
    assert.equal(await page.locator('pre:visible').count(), 0, 'whoever stands behind sees nothing');
    await picture(page, 'print-step');
    await button(page, 'Показати на екрані').click();
    await page.locator('main pre').nth(2).waitFor();
    sheets = await page.locator('main pre').allTextContents();
    assert.deepEqual([sheets.length, sheets[0]!.split('\n').length], [3, 12]);
    await checkAccessible(page, 'the sheets');
    await picture(page, 'sheets');
    await page.emulateMedia({ media: 'print' });
    const printed = page.locator('body > div pre:visible');
    await printed.nth(2).waitFor();
    assert.deepEqual(await printed.allTextContents(), sheets);
    assert.equal(await page.locator('main:visible').count(), 0, 'nothing else is printed');
    if (folder !== undefined) {
      await picture(page, 'printed');
      await page.pdf({ path: `${folder}/kit.pdf`, preferCSSPageSize: true });
    }
    await page.emulateMedia({ media: null });
  },
);

test('the wizard is not over before the sheets were typed back, and leaves nothing behind', { skip }, async () => {
  const { page } = owner;
  await button(page, 'Роздруковано, далі').click();
  await page.getByLabel('Рядки аркушів').waitFor();
  assert.equal(await page.locator('pre').count(), 0);
  await page.reload();
  await page.getByText('не перевірено').waitFor();
  const field = page.getByLabel('Рядки аркушів');
  await field.fill(sheets[0]!.replace(/^03 ..../m, '03 ZZZZ'));
  await button(page, 'Перевірити').click();
  await page.getByText('Аркуш 1, рядок 3').waitFor();
  await checkAccessible(page, 'a mistyped line');
  await picture(page, 'mistyped');
  await field.fill(sheets[0]!);
  await button(page, 'Перевірити').click();
  await page.getByText('Потрібно аркушів: 2, введено: 1').waitFor();
  await field.fill(`${sheets[2]!}\n${sheets[0]!}`);
  await button(page, 'Перевірити').click();
  await page.getByText('Готово: аркуші дають ключ').waitFor();
  await page.getByText(/Набір перевірено .*Олена Коваленко/).waitFor();
  await checkAccessible(page, 'proved');
  await picture(page, 'proved');
  const left = await leftBehind(page);
  const whole = await page.content();
  for (const line of sheets.flatMap((sheet) => sheet.split('\n')))
    assert.ok(!left.includes(line.slice(3, 22)) && !whole.includes(line.slice(3, 22)));
  assert.deepEqual(owner.troubles, []);
});

test(
  'a security officer is warned above every page, sees who made it, and makes none; in English, on a telephone',
  { skip },
  async () => {
    const officer = await company.join({
      name: 'Ганна Шевчук',
      email: 'hanna.shevchuk@vezha.example',
      role: 'security-officer',
      departmentId: company.rootId,
    });
    const { page, troubles } = await visit(officer);
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto(`${running.origin}/security/kit`);
    await page.getByText(/зроблено набір відновлення головного ключа: Олена Коваленко/).waitFor();
    await page.getByText('Зробити набір може лише власник').waitFor();
    assert.equal(await button(page, 'Зробити новий набір').count(), 0);
    await checkAccessible(page, 'an officer on a telephone');
    await picture(page, 'officer-narrow');
    await company.owner.client.call('PATCH /api/v1/profile', { body: { language: 'en' } });
    await owner.page.goto(`${running.origin}/security/kit`);
    await owner.page.getByText(/The kit was proved on .* by/).waitFor();
    await picture(owner.page, 'english');
    await owner.page.setViewportSize({ width: 390, height: 844 });
    await button(owner.page, 'Make a new kit').click();
    await picture(owner.page, 'english-choose-narrow');
    await button(owner.page, 'Make a kit').click();
    await button(owner.page, 'Show on the screen').click();
    await picture(owner.page, 'english-sheets-narrow');
    await owner.page.getByText('Take no photograph').first().waitFor();
    const wide = await owner.page.evaluate<boolean>('document.documentElement.scrollWidth <= window.innerWidth');
    assert.ok(wide, 'nothing scrolls sideways');
    assert.deepEqual([troubles, owner.troubles], [[], []]);
  },
);
