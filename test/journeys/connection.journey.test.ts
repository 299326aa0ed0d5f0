/** The owner sees by which certificate Lubart is reached, until when it is good, and takes the authority’s own to the devices. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { Page } from 'playwright-core';
import { authorityFile } from '#protections/encryption/transit';
import { freePort, makeTestFolder } from '../harness.ts';
import type { Company, InProcess } from '../running-lubart.ts';
import { openInProcess, requireOk, setUpCompany } from '../running-lubart.ts';
import type { Visitor } from './browser.ts';
import { browserPath, checkAccessible, openVisitor } from './browser.ts';

const skip = browserPath === undefined ? 'no Chromium on this machine' : false;
const folder = makeTestFolder();
const certificateFrom = { kind: 'local', directory: '', folder: join(folder.path, 'tls') } as const;
const tls = {
  certFile: join(certificateFrom.folder, 'certificate.pem'),
  keyFile: join(certificateFrom.folder, 'certificate.key'),
};
let company: Company;
let house: InProcess;
let owner: Visitor;
let authority = '';
let origin = '';

before(async () => {
  if (skip !== false) return;
  // The address stands in the settings, so the port must be known before.
  const port = await freePort();
  origin = `https://localhost:${port}`;
  house = await openInProcess(undefined, { tls, certificateFrom, origin, port });
  authority = readFileSync(authorityFile(certificateFrom.folder, 'localhost'), 'utf8');
  setDefaultCACertificates([...getCACertificates('default'), authority]);
  company = await setUpCompany(origin, house.setupToken);
  owner = await openVisitor(origin, { ignoreHTTPSErrors: true });
  await owner.context.addCookies([{ ...cookieOf(company), url: origin }]);
});
after(() => folder.remove());

const cookieOf = ({ owner: { client } }: Company) => {
  const [name, value] = client.cookie.split('=') as [string, string];
  return { name, value };
};
const picture = async (page: Page, name: string) => {
  const place = process.env['LUBART_PICTURES'];
  if (place !== undefined) await page.screenshot({ path: `${place}/connection-${name}.png`, fullPage: true });
};

test('the certificate in use, its renewal, and the one that devices are given', { skip }, async () => {
  const { page, troubles } = owner;
  await page.goto(`${origin}/security/connection`);
  await page.getByText('Сертифікат видає власний центр цього сервера').waitFor();
  await page.getByRole('row', { name: 'Версії TLS 1.3, 1.2' }).waitFor();
  await page.getByRole('row', { name: 'Браузер приходить лише через TLS пам’ятає 365 днів' }).waitFor();
  await page.getByRole('heading', { name: 'iPhone та iPad' }).waitFor();
  await checkAccessible(page, 'connection');
  await picture(page, 'wide');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Завантажити сертифікат центру' }).click(),
  ]);
  assert.equal(download.suggestedFilename(), 'lubart-ca.crt');
  assert.equal(readFileSync(await download.path(), 'utf8'), authority);
  await page.setViewportSize({ width: 390, height: 844 });
  await picture(page, 'narrow');
  assert.deepEqual(troubles, []);
});

test('a certificate that was refused is said, and that owners are written to', { skip }, async () => {
  const { page } = owner;
  await page.setViewportSize({ width: 1360, height: 860 });
  const good = readFileSync(tls.certFile);
  writeFileSync(tls.certFile, 'half a file');
  await house.lubart.reloadCertificate();
  await page.goto(`${origin}/security/connection`);
  const alert = page.getByRole('alert');
  await alert.getByText('Новий сертифікат відхилено').waitFor();
  await alert.getByText('власникам про це йде лист').waitFor();
  await checkAccessible(page, 'connection in trouble');
  await alert.scrollIntoViewIfNeeded();
  await picture(page, 'refused');
  writeFileSync(tls.certFile, good);
  await house.lubart.reloadCertificate();
});

test('a renewal that fails is said with since when, and when it is tried again', { skip }, async () => {
  const { page } = owner;
  await page.route('**/api/v1/security/connection', async (route) => {
    const response = await route.fetch();
    const renewal = { failsSince: '2026-11-26T08:00:00.000Z', nextTryAt: '2026-11-27T16:00:00.000Z' };
    await route.fulfill({ response, json: { ...(await response.json()), trouble: 'authority_refused', renewal } });
  });
  await page.goto(`${origin}/security/connection`);
  await page
    .getByRole('alert')
    .getByText(/^Не вдається з 26\.11\.26, 10:00\. Наступна спроба: 27\.11\.26, 18:00/)
    .waitFor();
  await picture(page, 'fails');
  await page.setViewportSize({ width: 390, height: 844 });
  await picture(page, 'fails-narrow');
  await page.unroute('**/api/v1/security/connection');
});

test('the same page in English', { skip }, async () => {
  const { page } = owner;
  requireOk(await company.owner.client.call('PATCH /api/v1/profile', { body: { language: 'en' } }));
  await page.setViewportSize({ width: 1360, height: 860 });
  await page.goto(`${origin}/security/connection`);
  await page.getByText('The certificate comes from this server’s own authority').waitFor();
  await picture(page, 'english');
});
