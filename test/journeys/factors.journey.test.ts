/** One’s own factors in a real browser: a passkey is added after a fresh proof, and the next sign-in is one touch. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import type { Company, InProcess } from '../running-lubart.ts';
import { codeNow, openInProcess, setUpCompany } from '../running-lubart.ts';
import type { Visitor } from './browser.ts';
import { browserPath, checkAccessible, openVisitor } from './browser.ts';

const skip = browserPath === undefined ? 'no Chromium on this machine' : false;
let running: InProcess;
let company: Company;
let owner: Visitor;

before(async () => {
  if (skip !== false) return;
  running = await openInProcess();
  company = await setUpCompany(running.origin, running.setupToken);
  owner = await openVisitor(running.origin);
  const cdp = await owner.context.newCDPSession(owner.page);
  await cdp.send('WebAuthn.enable');
  await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
});

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

/** Where pictures of the screens go, when somebody wants to look at them. */
const pictures = process.env['LUBART_PICTURES'];
const picture = async (page: Page, name: string) => {
  if (pictures !== undefined) await page.screenshot({ path: `${pictures}/${name}.png`, fullPage: true });
};

test('an hour after sign-in a passkey is added with a fresh proof', { skip }, async () => {
  const { page, context } = owner;
  const [name = '', value = ''] = company.owner.client.cookie.split('=');
  await context.addCookies([{ name, value, url: running.origin }]);
  await running.test.admin`UPDATE sessions SET proved_at = proved_at - interval '1 hour'`;
  await sleep(1_100); // what a node keeps in memory
  await page.goto(`${running.origin}/profile`);
  await page.getByRole('heading', { name: 'Чим ви підтверджуєте, що це ви' }).waitFor();
  await page.getByText('Залишилося 10 кодів').waitFor();
  await picture(page, 'profile');
  await button(page, 'Додати ключ доступу').click();
  await page.getByLabel('Як назвати').fill('Робочий ноутбук');
  await button(page, 'Далі').click();
  await page.getByRole('dialog', { name: 'Підтвердьте, що це ви' }).waitFor();
  await picture(page, 'step-up');
  await page.getByLabel('Код із застосунку').fill(codeNow(company.owner.totp, 1));
  await page.getByText('Ключ доступу, лише на цьому пристрої або апаратному ключі').waitFor();
  await checkAccessible(page, 'factors');
  await picture(page, 'factors');
  await page.setViewportSize({ width: 390, height: 800 });
  await picture(page, 'factors-narrow');
  await page.setViewportSize({ width: 1360, height: 860 });
});

test('the next sign-in is one touch of the key', { skip }, async () => {
  const { page, context } = owner;
  await context.clearCookies();
  await page.goto(`${running.origin}/sign-in`);
  await button(page, 'Увійти ключем доступу').waitFor();
  await checkAccessible(page, 'sign-in');
  await picture(page, 'sign-in');
  await button(page, 'Увійти ключем доступу').click();
  await page.getByRole('navigation', { name: 'Головна навігація' }).waitFor();
});

test('the same in English, and the last app is asked about before it goes', { skip }, async () => {
  const { page } = owner;
  await page.goto(`${running.origin}/profile`);
  await page.getByLabel('Мова інтерфейсу').selectOption('en');
  await page.getByRole('heading', { name: 'How you prove that it is you' }).waitFor();
  await button(page, 'Take away: Authenticator app').click();
  await page.getByRole('dialog', { name: 'Take “Authenticator app” away?' }).waitFor();
  await picture(page, 'remove-en');
  await button(page, 'Take away').click();
  await page.getByText('Authenticator app', { exact: true }).waitFor({ state: 'detached' });
  await button(page, 'Take away: Робочий ноутбук').click();
  await button(page, 'Take away').click();
  await page.getByText('This is the last way to prove that it is you. Add another one first.').waitFor();
  assert.deepEqual(owner.troubles, []);
});
