/**
 * What comes by letter, from a real mail server into a real browser: joining by an invitation, a forgotten password, another address
 * and its undoing. A link that was used says so, and a late one has a screen of its own.
 */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { before, test } from 'node:test';
import { Secret, TOTP } from 'otpauth';
import type { Page } from 'playwright-core';
import { openClient } from '../client.ts';
import type { PostOffice, Received } from '../post-office.ts';
import { linkIn, openPostOffice } from '../post-office.ts';
import type { Company, InProcess } from '../running-lubart.ts';
import { codeNow, openInProcess, password, requireOk, setUpCompany, until } from '../running-lubart.ts';
import { browserPath, checkAccessible, openVisitor } from './browser.ts';
import type { Visitor } from './browser.ts';

const skip = browserPath === undefined ? 'no Chromium on this machine' : false;
const manager = { name: 'Тарас Мельник', email: 'taras.melnyk@vezha.example' };
const fresh = 'Горобці-над-ставом-31';
const moved = 'taras.novyi@vezha.example';

let office: PostOffice;
let running: InProcess;
let company: Company;
let taras: Visitor;
let app: TOTP;

before(async () => {
  if (skip !== false) return;
  office = await openPostOffice();
  running = await openInProcess(undefined, { mail: office.settings });
  company = await setUpCompany(running.origin, running.setupToken);
  taras = await openVisitor(running.origin);
});

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const heading = (page: Page, name: string) => page.getByRole('heading', { name });

/** The newest letter to this address with this subject, when it has arrived. */
async function letterTo(address: string, subject: string): Promise<Received> {
  const letter = await until(`“${subject}”`, 15, async () =>
    office.to(address).findLast((one) => one.subject === subject),
  );
  await lookAtLetter(letter);
  return letter;
}

async function invite({ name, email }: { name: string; email: string }): Promise<string> {
  const body = { name, email, roles: ['manager'], departmentId: company.rootId };
  requireOk(await company.owner.client.call('POST /api/v1/invitations', { body }));
  const letter = await letterTo(email, 'Запрошення до CRM: Вежа');
  return linkIn(letter, 'join').link;
}

/** Where pictures go, when somebody wants to look: both languages, wide and narrow. */
const pictures = process.env['LUBART_PICTURES'];

async function look(page: Page, screen: string): Promise<void> {
  await checkAccessible(page, screen);
  if (pictures === undefined) return;
  const name = `${pictures}/${screen.replaceAll(' ', '-')}`;
  for (const [language, next] of [
    ['uk', 'English'],
    ['en', 'Українська'],
  ] as const) {
    for (const width of [1360, 390]) {
      await page.setViewportSize({ width, height: 860 });
      await page.screenshot({ path: `${name}-${language}-${width}.png` });
    }
    await button(page, next).click();
  }
  await page.setViewportSize({ width: 1360, height: 860 });
}

let lettersSeen = 0;
async function lookAtLetter(letter: Received): Promise<void> {
  if (pictures === undefined) return;
  const name = `${pictures}/letter-${(lettersSeen += 1)}`;
  writeFileSync(`${name}.txt`, `${letter.subject}\n\n${letter.text}\n`);
  const page = await taras.context.newPage();
  await page.setContent(letter.html);
  for (const width of [1360, 390]) {
    await page.setViewportSize({ width, height: 600 });
    await page.screenshot({ path: `${name}-${width}.png` });
  }
  await page.close();
}

/** Nobody can use it any more: its time is over. */
const passTime = (table: 'links' | 'invitations') =>
  running.test.admin.unsafe(`UPDATE ${table} SET created_at = created_at - interval '30 days',
    expires_at = now() - interval '1 second' WHERE expires_at > now()`);

test('an invited colleague opens the link of the letter and joins', { skip }, async () => {
  const { page } = taras;
  const link = await invite(manager);
  await page.goto(link);
  await heading(page, manager.name).waitFor();
  await look(page, 'join');
  await page.getByLabel('Пароль', { exact: true }).fill(password);
  await page.getByLabel('Пароль іще раз').fill(password);
  await button(page, 'Далі').click();
  const key = (await page.locator('[data-manual-key]').innerText()).replaceAll(/\s/g, '');
  app = new TOTP({ secret: Secret.fromBase32(key) });
  await page.getByLabel('Код із застосунку').fill(app.generate());
  await page.getByLabel('Я зберіг ці коди в надійному місці').check();
  await button(page, 'Почати роботу').click();
  await page.getByRole('navigation', { name: 'Головна навігація' }).waitFor();

  const second = await openVisitor(running.origin);
  await second.page.goto(link);
  await heading(second.page, 'Посилання вже використано').waitFor();
  await second.page.getByText('За цим запрошенням уже приєдналися').waitFor();
  await look(second.page, 'join used');
});

test('an invitation whose week is over has a screen of its own, in English as well', { skip }, async () => {
  const late = await openVisitor(running.origin, { locale: 'en-GB' });
  const link = await invite({ name: 'Юрій Новак', email: 'yurii.novak@vezha.example' });
  await passTime('invitations');
  await late.page.goto(link);
  // In which language it comes is the browser’s; the page as it is sent says Ukrainian until it is drawn.
  await heading(late.page, 'The time of the link is over').or(heading(late.page, 'Час посилання минув')).waitFor();
  if ((await late.page.locator('html').getAttribute('lang')) === 'uk') await button(late.page, 'English').click();
  await heading(late.page, 'The time of the link is over').waitFor();
  await late.page.getByText('Ask whoever invited you for a new one.').waitFor();
  await checkAccessible(late.page, 'an invitation that came too late, in English');
  await button(late.page, 'Українська').click();
  await heading(late.page, 'Час посилання минув').waitFor();
  await look(late.page, 'join late');
  assert.deepEqual(late.troubles, []);
});

test('a forgotten password: letter, link, new password; whoever was signed in no longer is', { skip }, async () => {
  const { page } = await openVisitor(running.origin);
  await page.goto(`${running.origin}/sign-in`);
  await page.getByRole('link', { name: 'Забули пароль?' }).click();
  await look(page, 'forgot');
  await page.getByLabel('Електронна пошта').fill(manager.email);
  await button(page, 'Надіслати лист').click();
  await heading(page, 'Перевірте пошту').waitFor();
  await look(page, 'forgot sent');

  const { link } = linkIn(await letterTo(manager.email, 'Новий пароль для Lubart'), 'reset');
  await page.goto(link);
  await heading(page, 'Придумайте новий пароль').waitFor();
  await look(page, 'reset');
  await page.getByLabel('Пароль', { exact: true }).fill(fresh);
  await page.getByLabel('Пароль іще раз').fill(fresh);
  await button(page, 'Зберегти пароль').click();
  await heading(page, 'Пароль змінено').waitFor();
  await look(page, 'reset done');
  await letterTo(manager.email, 'Ваш пароль змінено');

  await taras.page.goto(`${running.origin}/profile`);
  await taras.page.getByLabel('Пароль', { exact: true }).waitFor(); // asked to sign in again
  await page.getByRole('link', { name: 'До входу' }).click();
  await page.getByLabel('Електронна пошта').fill(manager.email);
  await page.getByLabel('Пароль', { exact: true }).fill(fresh);
  await button(page, 'Далі').click();
  await page.getByLabel('Код із застосунку').fill(codeNow(app, 1));
  await page.getByRole('navigation', { name: 'Головна навігація' }).waitFor();
  taras.page = page;

  const second = await openVisitor(running.origin);
  await second.page.goto(link);
  await heading(second.page, 'Посилання вже використано').waitFor();
  await look(second.page, 'reset used');
});

test('a reset link that lay too long has a screen of its own, with the way to a new letter', { skip }, async () => {
  const { page } = await openVisitor(running.origin);
  const asked = openClient(running.origin);
  requireOk(await asked.call('POST /api/v1/password-reset', { body: { email: company.owner.email } }));
  const { link } = linkIn(await letterTo(company.owner.email, 'Новий пароль для Lubart'), 'reset');
  await page.goto(link);
  await page.getByLabel('Пароль', { exact: true }).fill(fresh);
  await page.getByLabel('Пароль іще раз').fill(fresh);
  await passTime('links');
  await button(page, 'Зберегти пароль').click(); // half an hour spent on thinking one up
  await heading(page, 'Час посилання минув').waitFor();
  await look(page, 'reset late');
  await page.getByRole('link', { name: 'Попросити новий лист' }).click();
  await heading(page, 'Новий пароль').waitFor();
});

test('another address: the new one confirms, the old one learns of it and takes it back', { skip }, async () => {
  const { page } = taras;
  await page.goto(`${running.origin}/profile`);
  await page.getByLabel('Нова адреса').fill(moved);
  await page.getByRole('region', { name: 'Пошта для входу' }).getByLabel('Поточний пароль').fill(fresh);
  await button(page, 'Змінити адресу').click();
  await page.getByText(`Чекаємо, доки ${moved} підтвердить`).waitFor();
  await checkAccessible(page, 'an address that waits');

  await letterTo(manager.email, 'Запит на зміну вашої адреси');
  const mailbox = await openVisitor(running.origin, {}, 'new');
  const { link } = linkIn(await letterTo(moved, 'Підтвердьте нову адресу'), 'confirm-email');
  await mailbox.page.goto(link);
  await mailbox.page.getByText(moved).waitFor();
  await look(mailbox.page, 'confirm');
  await button(mailbox.page, 'Так, це моя адреса').click();
  await heading(mailbox.page, 'Адресу змінено').waitFor();
  await look(mailbox.page, 'confirm done');
  await mailbox.page.goto('about:blank');
  await mailbox.page.goto(link);
  await heading(mailbox.page, 'Посилання вже використано').waitFor();

  const undo = linkIn(await letterTo(manager.email, 'Вашу адресу змінено'), 'cancel-email');
  const old = await openVisitor(running.origin, {}, 'new');
  await old.page.goto(undo.link);
  await heading(old.page, 'Скасувати зміну адреси?').waitFor();
  await look(old.page, 'cancel');
  await button(old.page, 'Скасувати зміну').click();
  await heading(old.page, 'Стару адресу повернено').waitFor();
  await look(old.page, 'cancel done');
  await letterTo(manager.email, 'Вашу адресу повернено');

  await page.goto(`${running.origin}/profile`);
  await page.getByLabel('Електронна пошта').waitFor(); // every session ended
  await old.page.goto('about:blank');
  await old.page.goto(undo.link);
  await heading(old.page, 'Посилання вже використано').waitFor();
  await old.page.goto(`${running.origin}/cancel-email`);
  await heading(old.page, 'Посилання не діє').waitFor();
  await look(old.page, 'cut off');
  assert.deepEqual([...taras.troubles, ...mailbox.troubles, ...old.troubles], []);
});

test('who works in English gets the letter in English', { skip }, async () => {
  await running.test.admin`UPDATE people SET language = 'en' WHERE id = ${company.owner.personId}`;
  requireOk(
    await openClient(running.origin).call('POST /api/v1/password-reset', { body: { email: company.owner.email } }),
  );
  const letter = await letterTo(company.owner.email, 'A new password for Lubart');
  assert.match(letter.text, /works once, for 30 minutes/);
  assert.doesNotMatch(letter.text.replaceAll(/Олена Коваленко|Вежа/g, ''), /[а-яіїєґ]/i);
});
