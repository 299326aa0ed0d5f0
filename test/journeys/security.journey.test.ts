/**
 * The owner sets from where and when people may work, sees whom that locks out and cannot lock herself out; adds single sign-on,
 * and somebody new comes in by it. Whoever may not see it is told so.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { TestProvider } from '../../server/protections/sign-in/sso/provider.fixture.ts';
import { clientId, clientSecret, openTestProvider } from '../../server/protections/sign-in/sso/provider.fixture.ts';
import type { Colleague, Company } from '../running-lubart.ts';
import { makeReadyPlace, requireOk, setUpCompany, startLubart, until } from '../running-lubart.ts';
import type { Visitor } from './browser.ts';
import { browserPath, checkAccessible, openVisitor } from './browser.ts';

const skip = browserPath === undefined ? 'no Chromium on this machine' : false;
let company: Company;
let manager: Colleague;
let owner: Visitor;
let provider: TestProvider;

before(async () => {
  if (skip !== false) return;
  const running = await startLubart(await makeReadyPlace());
  company = await setUpCompany(running.origin, running.setupToken!);
  manager = await company.join({
    name: 'Тарас Мельник',
    email: 'taras.melnyk@vezha.example',
    role: 'manager',
    departmentId: company.rootId,
  });
  provider = await openTestProvider(`${company.origin}/api/v1/sign-in/sso/callback`);
  owner = await openAs(company.owner);
});
after(() => provider?.close());

/** A browser in which this person is signed in already. */
async function openAs(who: Colleague): Promise<Visitor> {
  const visitor = await openVisitor(company.origin);
  const [name = '', value = ''] = who.client.cookie.split('=');
  await visitor.context.addCookies([{ name, value, url: company.origin }]);
  return visitor;
}

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

/** In both languages and widths: nothing axe objects to, and a picture when one is wanted. */
async function look(page: Page, name: string): Promise<void> {
  const folder = process.env['LUBART_PICTURES'];
  for (const [width, height] of [
    [1360, 860],
    [390, 844],
  ] as const) {
    await page.setViewportSize({ width, height });
    await checkAccessible(page, `${name} ${width}`);
    if (folder !== undefined)
      await page.screenshot({ path: `${folder}/security-${name}-${width}.png`, fullPage: true });
  }
  await page.setViewportSize({ width: 1360, height: 860 });
}

test('the owner allows work from the office only, after seeing that nobody loses access', { skip }, async () => {
  const { page } = owner;
  await page.goto(`${company.origin}/contacts`);
  await page.getByRole('link', { name: 'Безпека' }).click();
  await page.getByRole('heading', { name: 'Правила входу', level: 1 }).waitFor();
  await look(page, 'rules-empty');
  await button(page, 'Додати як місце').click();
  const networks = page.getByRole('region', { name: 'Звідки можна працювати' });
  await networks.getByRole('radio', { name: 'Лише з цих місць' }).check();
  await networks.getByText('Виберіть хоча б одне місце').waitFor();
  await networks.getByRole('checkbox', { name: 'Офіс' }).check();
  await button(page, 'Перевірити й зберегти').click();
  await page.getByText('Нікого: усі 2 відкриті сеанси працюватимуть далі.').waitFor();
  await look(page, 'rules-preview');
  await page.getByRole('dialog').getByRole('button', { name: 'Зберегти' }).click();
  await page.getByText('Правила збережено.').waitFor();
});

test('nobody saves one’s own lock-out, and sees whom else it would touch', { skip }, async () => {
  const { page } = owner;
  await page.getByLabel('Адреси').fill('203.0.113.0/24\n2001:db8::/48');
  await button(page, 'Перевірити й зберегти').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('ви самі втратите доступ').waitFor();
  await dialog.getByText('Тарас Мельник').waitFor();
  assert.equal(await dialog.getByRole('button', { name: 'Зберегти' }).isDisabled(), true);
  await look(page, 'rules-own');
  await button(page, 'Повернутися до змін').click();
  await button(page, 'Відкинути зміни').click();
  await page.getByText('Є незбережені зміни.').waitFor({ state: 'hidden' });
  await until('what was dropped to be gone from the field', 10, async () => {
    return (await page.getByLabel('Адреси').inputValue()) === '127.0.0.1/32';
  });
});

test('who was slower is told, and nothing of the other’s is lost', { skip }, async () => {
  const { page } = owner;
  const hours = page.getByRole('region', { name: 'Коли можна працювати' });
  await button(page, 'Інше правило для ролі чи людини').nth(1).click();
  await hours.getByLabel('Для кого').selectOption({ label: 'Маркетолог' });
  await hours.getByRole('checkbox', { name: 'Сб' }).check();
  await look(page, 'rules-hours');
  const change = { sessions: { organization: { idleHours: 8, days: 5 }, roles: [] } };
  requireOk(await company.owner.client.call('PUT /api/v1/security/rules', { body: { version: 1, change } }));
  await button(page, 'Перевірити й зберегти').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Зберегти' }).click();
  await button(page, 'Показати теперішні правила').click();
  await page.getByText('Є незбережені зміни.').waitFor({ state: 'hidden' });
  await until('the rules of now', 10, async () => {
    return (await page.getByLabel('Загалом — не довше ніж').inputValue()) === '5';
  });
});

test(
  'single sign-on is added, tested and turned on; a group gives a role, new people are taken in',
  { skip },
  async () => {
    const { page } = owner;
    await page
      .getByRole('navigation', { name: 'Сторінки безпеки' })
      .getByRole('link', { name: /Єдиний вхід/ })
      .click();
    await page.getByText('Служб входу ще немає').waitFor();
    await look(page, 'sso-empty');
    await button(page, 'Додати службу входу').click();
    await page.getByLabel('Назва на кнопці').fill('Вежа');
    await page.getByLabel('Адреса служби (issuer)').fill(provider.issuer);
    await page.getByLabel('Ідентифікатор клієнта (client ID)').fill(clientId);
    await page.getByLabel('Секрет клієнта (client secret)').fill(clientSecret);
    await page.getByLabel('Домени пошти').fill('vezha.example');
    await look(page, 'sso-add');
    await button(page, 'Зберегти').click();
    await button(page, 'Перевірити зв’язок').click();
    await page.getByText('Служба відповіла щойно').waitFor();
    await button(page, 'Увімкнути').click();
    await page.getByText('увімкнено', { exact: true }).waitFor();
    await button(page, 'Групи й ролі').click();
    await button(page, 'Додати групу').click();
    await page.getByLabel('Група у службі').fill('Бухгалтерія');
    await page.getByLabel('Роль тут').selectOption({ label: 'Бухгалтер' });
    await look(page, 'sso-groups');
    await button(page, 'Зберегти').click();
    await page.getByText('Бухгалтерія → Бухгалтер').waitFor();
    await button(page, 'Нові люди').click();
    await page.getByRole('switch', { name: 'Приймати нових людей' }).check();
    await look(page, 'sso-joins');
    await button(page, 'Зберегти').click();
    await page.getByText(/Дістають ролі: Менеджер/).waitFor();
    await button(page, 'Закрити пароль').click();
    await page.getByRole('dialog').getByText('Тарас Мельник').waitFor();
    await look(page, 'sso-close');
    await button(page, 'Скасувати').click();
    await look(page, 'sso');
  },
);

test('somebody new comes in by the button, with the role of the group', { skip }, async () => {
  provider.account = {
    sub: 'sofiia',
    email: 'sofiia.bondar@vezha.example',
    name: 'Софія Бондар',
    amr: ['mfa'],
    groups: ['Бухгалтерія'],
  };
  const { page, troubles } = await openVisitor(company.origin);
  await page.goto(`${company.origin}/sign-in`);
  await button(page, 'Увійти через Вежа').click();
  await page.getByRole('button', { name: 'Меню користувача: Софія Бондар' }).waitFor();
  await page.getByRole('heading', { name: 'Контакти' }).waitFor();
  // The one stranger that a page is sent to is the provider.
  assert.deepEqual(
    troubles.filter((one) => !one.includes(provider.issuer)),
    [],
  );
});

test(
  'a manager is told that the rules are not hers, an auditor looks at them; in English it is all there',
  { skip },
  async () => {
    const visitor = await openAs(manager);
    await visitor.page.goto(`${company.origin}/security/sign-in`);
    await visitor.page.getByText('Це не входить у ваші права').waitFor();
    const daryna = await company.join({
      name: 'Дарина Поліщук',
      email: 'daryna.polishchuk@vezha.example',
      role: 'auditor',
      departmentId: company.rootId,
    });
    const auditor = await openAs(daryna);
    await auditor.page.goto(`${company.origin}/security/sign-in`);
    await auditor.page.getByText('Ви можете переглядати ці правила, але не змінювати.').waitFor();
    assert.equal(await button(auditor.page, 'Додати місце').count(), 0);
    await look(auditor.page, 'rules-auditor');
    requireOk(await company.owner.client.call('PATCH /api/v1/profile', { body: { language: 'en' } }));
    const { page } = owner;
    await page.goto(`${company.origin}/security`);
    await page.getByRole('heading', { name: 'Sign-in rules', level: 1 }).waitFor();
    await look(page, 'rules-en');
    await page.goto(`${company.origin}/security/sso`);
    await page.getByText('Бухгалтерія → ').waitFor();
    await look(page, 'sso-en');
    assert.deepEqual(owner.troubles, []);
  },
);
