/** An owner has the log sent to a syslog server, sees that it arrives, pauses it, and is told in plain words when it does not. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { makeClients } from '../../server/protections/audit-log/forwarding/clients.fixture.ts';
import { syslogServer } from '../../server/protections/audit-log/forwarding/syslog-server.fixture.ts';
import { makeAuthority } from '../../server/protections/encryption/transit/certificates.fixture.ts';
import type { Company } from '../running-lubart.ts';
import { openInProcess, requireOk, setUpCompany } from '../running-lubart.ts';
import type { Visitor } from './browser.ts';
import { browserPath, checkAccessible, openVisitor } from './browser.ts';

const skip = browserPath === undefined ? 'no Chromium on this machine' : false;
const authority = makeAuthority();
let company: Company;
let owner: Visitor;
let siem: Awaited<ReturnType<typeof syslogServer>> | undefined;

before(async () => {
  if (skip !== false) return;
  const house = await openInProcess();
  company = await setUpCompany(house.origin, house.setupToken);
  siem = await syslogServer(authority.issue(['127.0.0.1']));
  owner = await openVisitor(company.origin);
  const [name, value] = company.owner.client.cookie.split('=') as [string, string];
  await owner.context.addCookies([{ name, value, url: company.origin }]);
});
after(() => siem?.close());

const picture = async (page: Page, name: string) => {
  const folder = process.env['LUBART_PICTURES'];
  if (folder === undefined) return;
  for (const width of [1360, 390]) {
    await page.setViewportSize({ width, height: 860 });
    await page.screenshot({ path: `${folder}/receivers-${name}-${width}.png`, fullPage: true });
  }
  await page.setViewportSize({ width: 1360, height: 860 });
};

test('a syslog server is added, tried, and the page says that the log arrives', { skip }, async () => {
  const { page, troubles } = owner;
  await page.goto(`${company.origin}/security/receivers`);
  await page.getByText('Журнал нікуди не пересилають').waitFor();
  await checkAccessible(page, 'no receivers');
  await picture(page, 'empty');
  await page.getByRole('button', { name: 'Додати отримувача' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Адреса').fill(siem!.address);
  await dialog.getByLabel(/Сертифікат вашого центру/).fill(authority.pem);
  await dialog.getByLabel('Відколи').selectOption({ label: 'Увесь журнал від початку' });
  await checkAccessible(page, 'a new receiver');
  await picture(page, 'dialog');
  await dialog.getByRole('button', { name: 'Додати отримувача' }).click();
  const card = page.getByRole('region', { name: siem!.address });
  await card.waitFor();
  await card.getByRole('button', { name: 'Спробувати зараз' }).click();
  await card.getByText(/^Дійшло/).waitFor();
  await card.getByText('доходить', { exact: true }).waitFor();
  assert.ok(siem!.messages.length > 0);
  await checkAccessible(page, 'a receiver');
  await picture(page, 'one');
  assert.deepEqual(troubles, []);
});

test('it is paused and resumed; when it is away the page says so in plain words', { skip }, async () => {
  const { page } = owner;
  const card = page.getByRole('region', { name: siem!.address });
  await card.getByRole('button', { name: 'Призупинити' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Призупинити' }).click();
  await card.getByText('призупинено', { exact: true }).waitFor();
  await card.getByRole('button', { name: 'Відновити' }).click();
  await card.getByRole('button', { name: 'Спробувати зараз' }).waitFor();
  await siem!.close();
  await card.getByRole('button', { name: 'Спробувати зараз' }).click();
  await card.getByRole('status').getByText('Не відповідає.').waitFor();
  await card.getByText('не доходить', { exact: true }).waitFor();
  await checkAccessible(page, 'a receiver that is away');
  await picture(page, 'away');
});

test('a file is added and a receiver removed; in English the page says the same', { skip }, async () => {
  const { page } = owner;
  await page.getByRole('button', { name: 'Додати отримувача' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Куди').selectOption({ label: 'Файл на цьому сервері' });
  await dialog.getByRole('button', { name: 'Додати отримувача' }).click();
  const card = page.getByRole('region', { name: siem!.address });
  await card.getByRole('button', { name: 'Прибрати' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Прибрати' }).click();
  await card.waitFor({ state: 'detached' });
  const client = makeClients().issue('lubart', 10);
  requireOk(
    await company.owner.client.call('POST /api/v1/security/forwards', {
      body: { kind: 'syslog', form: 'ocsf', address: 'siem.vezha.example:6514', client },
    }),
  );
  await page.evaluate("localStorage.setItem('lubart.language', 'en')");
  await page.route('**/api/v1/session', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), language: 'en' } });
  });
  await page.goto(`${company.origin}/security/receivers`);
  await page.getByRole('heading', { name: 'How a receiver notices a gap' }).waitFor();
  const ending = page.getByRole('region', { name: 'siem.vezha.example:6514' });
  await ending.getByText(/^The certificate by which the receiver knows us is good until/).waitFor();
  await checkAccessible(page, 'a certificate that ends');
  await ending.scrollIntoViewIfNeeded();
  await picture(page, 'ends');
  await page.getByRole('button', { name: 'Try now' }).first().click();
  await page
    .getByRole('status')
    .getByText(/arrived/)
    .waitFor();
  await picture(page, 'en');
});
