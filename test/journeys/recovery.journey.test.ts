/**
 * A manager lost the phone. With a recovery code: in, and a new app is connected. Without one: colleagues of the group that the rules
 * name approve in their own browsers, the time passes, a new app is connected; everybody concerned sees it and gets letters.
 */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { Secret, TOTP } from 'otpauth';
import type { Locator, Page } from 'playwright-core';
import type { PostOffice } from '../post-office.ts';
import { openPostOffice } from '../post-office.ts';
import type { Colleague, Company, InProcess } from '../running-lubart.ts';
import { codeNow, openInProcess, password, requireOk, setUpCompany, until } from '../running-lubart.ts';
import type { Visitor } from './browser.ts';
import { browserPath, checkAccessible, openVisitor } from './browser.ts';

const skip = browserPath === undefined ? 'no Chromium on this machine' : false;
let office: PostOffice;
let running: InProcess;
let company: Company;
let manager: Colleague;
let second: Colleague;
/** The browsers of the office: the owner’s, the other owner’s, and that of the manager before the phone was lost. */
let owner: Visitor;
let other: Visitor;
let desk: Visitor;
/** The manager’s own, at home. */
let home: Visitor;

async function openAs(person: Colleague): Promise<Visitor> {
  const visitor = await openVisitor(running.origin);
  const [name = '', value = ''] = person.client.cookie.split('=');
  await visitor.context.addCookies([{ name, value, url: running.origin }]);
  return visitor;
}

before(async () => {
  if (skip !== false) return;
  office = await openPostOffice();
  running = await openInProcess(undefined, { mail: office.settings });
  company = await setUpCompany(running.origin, running.setupToken);
  const at = { departmentId: company.rootId };
  second = await company.join({ name: 'Богдан Романюк', email: 'bohdan.romaniuk@vezha.example', role: 'owner', ...at });
  manager = await company.join({ name: 'Тарас Мельник', email: 'taras.melnyk@vezha.example', role: 'manager', ...at });
  [owner, other, desk] = [await openAs(company.owner), await openAs(second), await openAs(manager)];
  home = await openVisitor(running.origin, {}, 'new');
});

const button = (page: Page, name: string | RegExp) =>
  page.getByRole('button', { name, ...(typeof name === 'string' && { exact: true }) });
const heading = (page: Page, name: string) => page.getByRole('heading', { name });

/** Where pictures go, when somebody wants to look: wide and narrow, and in English where the page offers it. */
const pictures = process.env['LUBART_PICTURES'];
async function look(page: Page, screen: string, who?: Colleague, part: Locator = page.locator('html')): Promise<void> {
  await checkAccessible(page, screen);
  if (pictures === undefined) return;
  const shoot = async (language: string) => {
    for (const width of [1360, 390]) {
      await page.setViewportSize({ width, height: 860 });
      const path = `${pictures}/${screen.replaceAll(' ', '-')}-${language}-${width}.png`;
      await part.screenshot({ path });
    }
    await page.setViewportSize({ width: 1360, height: 860 });
  };
  await shoot('uk');
  if (who !== undefined) {
    const speak = async (language: string) => {
      requireOk(await who.client.call('PATCH /api/v1/profile', { body: { language } }));
      await page.reload();
      await page.waitForLoadState('networkidle');
    };
    await speak('en');
    await shoot('en');
    await speak('uk');
  } else if ((await page.getByRole('dialog').count()) === 0) {
    await button(page, 'English').click();
    await shoot('en');
    await button(page, 'Українська').click();
  }
}

/** The first step of signing in, and the page of the code. */
async function enterPassword(page: Page): Promise<void> {
  await page.goto(`${running.origin}/sign-in`);
  await page.getByLabel('Електронна пошта').fill(manager.email);
  await page.getByLabel('Пароль', { exact: true }).fill(password);
  await button(page, 'Далі').click();
  await page.getByLabel('Код із застосунку').waitFor();
}

/** The app on the new phone takes the key from the page. */
async function scan(page: Page): Promise<TOTP> {
  const key = await page.locator('[data-manual-key]').textContent();
  return new TOTP({ secret: Secret.fromBase32(key!.replaceAll(' ', '')) });
}

const subjectsTo = ({ email }: { email: string }) => office.to(email).map(({ subject }) => subject);

test('with a recovery code the manager is in at once and connects a new app', { skip }, async () => {
  const codes = await manager.client.call('POST /api/v1/recovery-codes');
  requireOk(codes);
  const { page } = home;
  await enterPassword(page);
  await button(page, 'Немає телефону? Увійти з кодом відновлення').click();
  await page.getByLabel('Код відновлення').fill((codes.body as { recoveryCodes: string[] }).recoveryCodes[0]!);
  await look(page, 'recovery by code');
  await button(page, 'Увійти').click();
  await page.getByRole('navigation', { name: 'Головна навігація' }).waitFor();
  await page.goto(`${running.origin}/profile`);
  await page.getByText('Залишилося 9 кодів').waitFor();
  await button(page, 'Додати застосунок').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Як назвати').fill('Новий телефон');
  await button(page, 'Далі').click();
  const app = await scan(page);
  await dialog.getByLabel('Код із застосунку').fill(codeNow(app));
  await dialog.waitFor({ state: 'detached' });
  await page.getByText('Новий телефон').first().waitFor();
  await checkAccessible(page, 'a new app');
  await home.context.clearCookies();
});

test('the owner sees whom a lost phone would ask, and changes how long one waits', { skip }, async () => {
  const { page } = owner;
  await page.goto(`${running.origin}/security/sign-in`);
  const section = page.getByRole('region', { name: /Якщо загублено телефон|When a phone is lost/ });
  for (const name of ['Богдан Романюк', 'Олена Коваленко'])
    await section.getByRole('listitem').filter({ hasText: name }).waitFor();
  await section.getByText('мають кого попросити, але менше, ніж треба').waitFor();
  await look(page, 'recovery rules', company.owner, section);
  await section.getByLabel('Скільки чекати щонайменше').selectOption('4 години');
  await button(page, 'Перевірити й зберегти').click();
  await page.getByRole('dialog').getByText('Нікого').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Зберегти' }).click();
  await page.getByText('Правила збережено').waitFor();
});

test('without phone and codes the manager asks; the desk, two colleagues and letters say so', { skip }, async () => {
  const { page } = home;
  await enterPassword(page);
  await look(page, 'recovery at the code');
  await button(page, 'Втратили телефон і коди відновлення?').click();
  const dialog = page.getByRole('dialog', { name: 'Попросити колег відновити вхід?' });
  await look(page, 'recovery asking');
  await dialog.getByRole('button', { name: 'Попросити' }).click();
  await heading(page, 'Запит надіслано колегам').waitFor();
  await page.getByText('Підтвердили: 0 з 2').waitFor();
  await look(page, 'recovery waiting');

  await desk.page.goto(running.origin);
  await desk.page.getByText('Хтось, хто знає ваш пароль').waitFor();
  await look(desk.page, 'recovery desk', manager);
  const told: [Colleague, string][] = [
    [manager, 'Хтось хоче ввійти без вашого телефона'],
    [company.owner, 'Колега просить відновити вхід'],
    [second, 'Колега просить відновити вхід'],
  ];
  for (const [person, subject] of told)
    await until(`a letter to ${person.name}`, 15, async () => subjectsTo(person).includes(subject));
});

test(
  'each colleague approves in a browser of their own; the time passes, and a new app is connected',
  { skip },
  async () => {
    for (const [{ page }, screen, who] of [
      [owner, 'recovery request', company.owner],
      [other, 'recovery request approved once', second],
    ] as const) {
      await page.goto(running.origin);
      await page.getByText('1 колега просить відновити вхід').waitFor();
      await page.getByRole('link', { name: 'Переглянути' }).click();
      await button(page, 'Підтвердити: Тарас Мельник').waitFor();
      await look(page, screen, who);
      await button(page, 'Підтвердити: Тарас Мельник').click();
      await page.getByRole('dialog').getByRole('button', { name: 'Підтвердити' }).click();
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
    const { page } = home;
    await page.reload();
    await page.getByText('Підтвердили: 2 з 2').waitFor();
    await look(page, 'recovery approved');
    await running.test.admin`
    UPDATE recovery_requests SET asked_at = asked_at - interval '4 hours', ready_at = ready_at - interval '4 hours'`;
    await page.reload();
    await heading(page, 'Вітаємо, Тарас Мельник!').waitFor();
    await page.getByLabel('Пароль', { exact: true }).fill(password);
    await look(page, 'recovery ready');
    await button(page, 'Далі').click();
    const app = await scan(page);
    await look(page, 'recovery new app');
    await page.getByLabel('Код із застосунку').fill(codeNow(app));
    await heading(page, 'Збережіть коди відновлення').waitFor();
    await page.getByLabel('Я зберіг ці коди в надійному місці').check();
    await button(page, 'Почати роботу').click();
    await page.getByRole('navigation', { name: 'Головна навігація' }).waitFor();

    await desk.page.reload();
    await desk.page.getByLabel('Електронна пошта').waitFor();
    for (const person of [manager, company.owner, second])
      await until(`the last letter to ${person.name}`, 15, async () =>
        subjectsTo(person).some((subject) => subject.endsWith('відновлено') || subject === 'Колезі відновлено вхід'),
      );
  },
);

test(
  'the same link says in English that it was used; whoever did not ask cancels by the letter',
  { skip },
  async () => {
    const { page } = home;
    await page.goto(`${running.origin}/recover`);
    await page.context().clearCookies();
    const letter = office.to(manager.email).find(({ subject }) => subject === 'Хтось хоче ввійти без вашого телефона')!;
    const link = /https?:\/\/\S+\/recover#cancel=\S+/.exec(letter.text)![0];
    await page.goto('about:blank');
    await page.goto(link);
    await button(page, 'English').click();
    await heading(page, 'Cancel the recovery?').waitFor();
    await checkAccessible(page, 'recovery cancel');
    await button(page, 'Yes, cancel').click();
    await page.getByRole('alert').waitFor();
    await checkAccessible(page, 'recovery cancelled too late');
    assert.deepEqual(
      [home, owner, other, desk].flatMap(({ troubles }) => troubles),
      [],
    );
  },
);
