/** The owner sees by which certificate Lubart is reached, until when it is good, and takes the authority’s own to the devices. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { Page } from 'playwright-core';
import { authorityFile } from '#protections/encryption/transit';
import { makeTestFolder } from '../harness.ts';
import type { Company } from '../running-lubart.ts';
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
let owner: Visitor;
let authority = '';
let origin = '';

before(async () => {
  if (skip !== false) return;
  // The address stands in the settings, so the port must be known before.
  const free = createServer().listen(0, '127.0.0.1');
  await once(free, 'listening');
  const { port } = free.address() as AddressInfo;
  free.close();
  origin = `https://localhost:${port}`;
  const house = await openInProcess(undefined, { tls, certificateFrom, origin, port });
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

test('the same page in English', { skip }, async () => {
  const { page } = owner;
  requireOk(await company.owner.client.call('PATCH /api/v1/profile', { body: { language: 'en' } }));
  await page.setViewportSize({ width: 1360, height: 860 });
  await page.goto(`${origin}/security/connection`);
  await page.getByText('The certificate comes from this server’s own authority').waitFor();
  await picture(page, 'english');
});
