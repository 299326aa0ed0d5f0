/** A manager without an app at hand comes in by a code that the company’s provider of SMS sends, and proves anew by another. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { Secret } from '#kernel';
import type { Provider } from '../../server/sms/providers.fixture.ts';
import { startTurboSms, turboToken } from '../../server/sms/providers.fixture.ts';
import type { Colleague, Company, InProcess } from '../running-lubart.ts';
import { openInProcess, password, setUpCompany, until } from '../running-lubart.ts';
import type { Visitor } from './browser.ts';
import { browserPath, checkAccessible, openVisitor } from './browser.ts';

const skip = browserPath === undefined ? 'no Chromium on this machine' : false;
let provider: Provider;
let running: InProcess;
let company: Company;
let manager: Colleague;
let owner: Visitor;
let worker: Visitor;

before(async () => {
  if (skip !== false) return;
  provider = await startTurboSms();
  const base = `http://127.0.0.1:${provider.port}`;
  running = await openInProcess(undefined, {
    sms: { kind: 'turbosms', base, token: new Secret(turboToken), sender: 'Lubart' },
  });
  company = await setUpCompany(running.origin, running.setupToken);
  const joining = { name: 'Тарас Мельник', email: 'taras.melnyk@vezha.example', role: 'manager' } as const;
  manager = await company.join({ ...joining, departmentId: company.rootId });
  owner = await openAs(company.owner);
  worker = await openAs(manager);
});
after(() => provider?.close());

async function openAs(who: Colleague): Promise<Visitor> {
  const visitor = await openVisitor(company.origin);
  const [name = '', value = ''] = who.client.cookie.split('=');
  await visitor.context.addCookies([{ name, value, url: company.origin }]);
  return visitor;
}

async function look(page: Page, name: string): Promise<void> {
  for (const width of [1360, 390]) {
    await page.setViewportSize({ width, height: 860 });
    await checkAccessible(page, `${name} ${width}`);
    const folder = process.env['LUBART_PICTURES'];
    if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}-${width}.png`, fullPage: true });
  }
  await page.setViewportSize({ width: 1360, height: 860 });
}

/** The digits of the next message. */
async function nextCode(seen: number): Promise<string> {
  await until('the next message', 20, async () => provider.received.length > seen);
  return /\d{6}/.exec(provider.received.at(-1)!.text)![0];
}

test('an owner allows SMS, with its warning and its caps', { skip }, async () => {
  const { page } = owner;
  await page.goto(`${company.origin}/security/sign-in`);
  await page.getByRole('switch', { name: 'Дозволити коди по SMS' }).click();
  await page.getByLabel('Скільки SMS на день').waitFor();
  await look(page, 'sms-rules');
  await page.getByRole('button', { name: 'Перевірити й зберегти' }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /Зберегти/ })
    .click();
  await page.getByText('Правила збережено').first().waitFor();
});

test('a manager adds a number in the profile, proved by its first code', { skip }, async () => {
  const { page } = worker;
  await page.goto(`${company.origin}/profile`);
  await page.getByRole('button', { name: 'Додати номер для SMS' }).click();
  await page.getByLabel('Номер телефону').fill('050 000 00 11');
  await look(page, 'sms-number');
  const seen = provider.received.length;
  await page.getByRole('dialog').getByRole('button', { name: 'Надіслати код' }).click();
  await page.getByText('закінчується на 11').waitFor();
  await look(page, 'sms-number-code');
  await page.getByLabel('Код із SMS').fill(await nextCode(seen));
  await page.getByText('Код по SMS на номер ··11').waitFor();
  await look(page, 'sms-profile');
});

test('the code of an SMS opens the door; asking again has its pause', { skip }, async () => {
  const { page, context } = await openVisitor(company.origin);
  await page.goto(`${company.origin}/sign-in`);
  await page.getByLabel('Електронна пошта').fill(manager.email);
  await page.getByRole('textbox', { name: 'Пароль' }).fill(password);
  await page.getByRole('button', { name: 'Далі', exact: true }).click();
  await page.getByRole('button', { name: 'Надіслати код по SMS' }).click();
  await look(page, 'sms-door');
  await page.getByRole('button', { name: 'Надіслати код', exact: true }).click();
  // The number was written to a moment ago.
  await page.getByText('Код щойно надіслано').waitFor();
  await running.test.admin`UPDATE sms_counts SET last_at = last_at - interval '1 minute'`;
  const seen = provider.received.length;
  await page.getByRole('button', { name: 'Надіслати код', exact: true }).click();
  await page.getByText(/Надіслати ще раз можна за/).waitFor();
  await look(page, 'sms-door-sent');
  await page.getByLabel('Код із SMS').fill(await nextCode(seen));
  await page.getByRole('link', { name: 'Контакти' }).first().waitFor();
  assert.match(provider.received.at(-1)!.text, /@localhost #\d{6}$|@127\.0\.0\.1 #\d{6}$/);
  await context.close();
});

test('in English, the owner sees who rests on SMS', { skip }, async () => {
  const { page } = owner;
  await company.owner.client.call('PATCH /api/v1/profile', { body: { language: 'en' } });
  await page.goto(`${company.origin}/security/coverage`);
  await page.getByText('code by SMS').waitFor();
  await look(page, 'sms-coverage-en');
  assert.deepEqual([...owner.troubles, ...worker.troubles], []);
});
