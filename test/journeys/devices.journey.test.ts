/** A new browser: it waits with a number, the person confirms it on the one at work, and it can be taken away again. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { Colleague, Company, InProcess } from '../running-lubart.ts';
import { codeNow, openInProcess, password, setUpCompany } from '../running-lubart.ts';
import { checkAccessible, openVisitor } from './browser.ts';

let running: InProcess;
let company: Company;
let head: Colleague;

before(async () => {
  running = await openInProcess();
  company = await setUpCompany(running.origin, running.setupToken);
  head = await company.join({
    name: 'Ірина Савчук',
    email: 'iryna.savchuk@vezha.example',
    role: 'head',
    departmentId: company.rootId,
  });
});

/** Both steps in the page. A code is good once: the one of joining is spent, the next one is not. */
async function enter(page: Page): Promise<void> {
  await page.goto(running.origin);
  await page.getByLabel('Електронна пошта').fill(head.email);
  await page.getByLabel('Пароль', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Далі' }).click();
  await page.getByLabel('Код із застосунку').fill(codeNow(head.totp, 1));
}

test('a new browser waits with a number until the person types it at the browser that is known', async () => {
  const office = await openVisitor(running.origin);
  const [name, value] = head.client.cookie.split('=') as [string, string];
  await office.context.addCookies([{ name, value, url: running.origin, httpOnly: true, sameSite: 'Lax' }]);
  await office.page.goto(`${running.origin}/profile`);
  await office.page.getByRole('heading', { name: 'Мої браузери' }).waitFor();

  const home = await openVisitor(running.origin, {}, 'new');
  await enter(home.page);
  await home.page.getByRole('heading', { name: 'Підтвердьте цей браузер' }).waitFor();
  const shown = home.page.locator('output');
  await shown.waitFor();
  const number = (await shown.textContent())!.trim();
  assert.match(number, /^\d{2}$/);
  await checkAccessible(home.page, 'a browser that waits');
  await home.page.reload();
  assert.equal((await shown.textContent())!.trim(), number, 'the page can be loaded anew');

  await office.page.reload();
  await office.page.getByRole('button', { name: 'Відповісти' }).click();
  const dialog = office.page.getByRole('dialog', { name: 'Це ваш браузер?' });
  await dialog.getByLabel('Число з нового браузера').fill(number);
  await checkAccessible(office.page, 'the question on the known browser');
  await dialog.getByRole('button', { name: 'Підтвердити' }).click();
  await dialog.waitFor({ state: 'detached' });

  await home.page.getByRole('button', { name: /Ірина Савчук/ }).waitFor();
  await office.page.reload();
  await office.page
    .getByRole('button', { name: /^Забрати: Chrome/ })
    .first()
    .waitFor();
  assert.ok((await office.page.getByRole('button', { name: /^Забрати: / }).count()) >= 2);
  await checkAccessible(office.page, 'my browsers');
  assert.deepEqual([...office.troubles, ...home.troubles], []);
});
