/**
 * Takes the pictures of README.md: starts the demo on a folder of its own, signs in with what it prints, and photographs seven
 * screens with Chromium into docs/screenshots/. Run: node_modules/.bin/node docs/take-screenshots.ts (after `npm run build`).
 */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Secret, TOTP } from 'otpauth';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { findBrowser } from '../launch/find-browser.mjs';
import { demoContactCells, demoContactHeadings, demoCsvLine, makeDemoContacts } from '../server/demo/index.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const pictures = join(root, 'docs', 'screenshots');
const startSecondsMax = 180;
const wide = {
  viewport: { width: 1440, height: 860 },
  locale: 'uk-UA',
  timezoneId: 'Europe/Kyiv',
  colorScheme: 'light',
} as const;
const narrow = { ...wide, viewport: { width: 390, height: 780 }, hasTouch: true } as const;
const manager = 'solomiia@brama.example';
const owner = 'liubava@brama.example';

type Demo = { origin: string; password: string; secrets: Map<string, string> };

const folder = mkdtempSync(join(tmpdir(), 'lubart-pictures-'));
const server = spawn(process.execPath, [join(root, 'server', 'main.ts'), '--demo'], {
  env: {
    ...process.env,
    LUBART_DATA: join(folder, 'data'),
    LUBART_KEYS: join(folder, 'keys', 'root.key'),
    LUBART_PORT: '0',
    LUBART_LOG_LEVEL: 'warn',
  },
  stdio: ['ignore', 'pipe', 'inherit'],
});
try {
  const demo = await readDemo(server);
  const executablePath = await findBrowser(process.execPath);
  if (executablePath === undefined) throw new Error('no Chromium here; name one in LUBART_CHROMIUM');
  const args = ['--lang=uk', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])];
  const browser = await chromium.launch({ executablePath, args });
  try {
    mkdirSync(pictures, { recursive: true });
    await takeAll(browser, demo);
  } finally {
    await browser.close();
  }
} finally {
  server.kill('SIGTERM');
  if (server.exitCode === null) await once(server, 'exit');
  rmSync(folder, { recursive: true, force: true });
}

/** What the demo prints once: the address, one password for all, and the key of each person’s authenticator app. */
async function readDemo({ stdout }: ChildProcess): Promise<Demo> {
  const late = setTimeout(() => server.kill('SIGTERM'), startSecondsMax * 1000);
  let password = '';
  const secrets = new Map<string, string>();
  try {
    for await (const line of createInterface({ input: stdout! })) {
      const [, email, secret] = /^\s+(\S+@\S+)\s.*\s([A-Z2-7]{32})$/.exec(line) ?? [];
      if (email !== undefined && secret !== undefined) secrets.set(email, secret);
      password = /^(?:Пароль|Password)[^:]*:\s*(\S+)$/.exec(line)?.[1] ?? password;
      const origin = /^Lubart \S+: (http:\/\/\S+)/.exec(line)?.[1];
      if (origin !== undefined) return { origin, password, secrets };
    }
  } finally {
    clearTimeout(late);
  }
  throw new Error('the demo did not start');
}

async function takeAll(browser: Browser, demo: Demo): Promise<void> {
  const desk = await signIn(browser, demo, manager, wide);
  const page = await desk.newPage();
  await openContacts(page, demo);
  await take(page, 'contacts');
  await page.getByRole('row').nth(6).press('Enter');
  await page.waitForURL(/\/contacts\/[0-9a-f-]{36}/);
  await settle(page);
  await take(page, 'contact');
  // A manager may not export: the refusal is what the audit log shows below.
  await page.request.post(`${demo.origin}/api/v1/contacts/export`, {
    headers: { origin: demo.origin },
    data: { format: 'csv' },
  });
  const kept = await desk.storageState();

  const pocket = await browser.newContext({ ...narrow, storageState: kept });
  const small = await pocket.newPage();
  await openContacts(small, demo);
  await take(small, 'contacts-narrow');

  const office = await signIn(browser, demo, owner, wide);
  const imports = await office.newPage();
  await imports.goto(`${demo.origin}/imports/new`);
  await imports
    .locator('input[type=file]')
    .setInputFiles({ name: 'Клієнти.csv', mimeType: 'text/csv', buffer: spreadsheet() });
  await imports.waitForURL(/\/imports\/[0-9a-f-]{36}/);
  await imports.getByRole('table').first().waitFor();
  await settle(imports);
  await take(imports, 'import');

  const evening = await browser.newContext({ ...wide, colorScheme: 'dark', storageState: await office.storageState() });
  const log = await evening.newPage();
  await log.goto(`${demo.origin}/audit-log`);
  await log.getByRole('row').nth(5).waitFor();
  await settle(log);
  await take(log, 'audit-log-dark');

  const gates = await office.newPage();
  for (const [path, name] of [
    ['/people/roles', 'roles'],
    ['/security/sign-in', 'sign-in-rules'],
  ] as const) {
    await gates.goto(`${demo.origin}${path}`);
    await gates.getByRole('heading', { level: 1 }).waitFor();
    await settle(gates);
    await take(gates, name);
  }
}

async function signIn(
  browser: Browser,
  demo: Demo,
  email: string,
  options: BrowserContextOptions,
): Promise<BrowserContext> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  await page.goto(`${demo.origin}/sign-in`);
  await page.getByLabel('Електронна пошта').fill(email);
  await page.getByLabel('Пароль', { exact: true }).fill(demo.password);
  await page.getByRole('button', { name: 'Далі' }).click();
  const code = new TOTP({ secret: Secret.fromBase32(demo.secrets.get(email) ?? '') }).generate();
  await page.getByLabel('Код із застосунку').fill(code);
  await page.waitForURL((url) => url.pathname !== '/sign-in');
  await page.close();
  return context;
}

async function openContacts(page: Page, demo: Demo): Promise<void> {
  await page.goto(`${demo.origin}/contacts`);
  await page.getByRole('grid').or(page.getByRole('table')).first().waitFor();
  await settle(page);
}

/** Invented clients as a company’s own table would hold them. */
function spreadsheet(): Buffer {
  const rows = [...makeDemoContacts(400, 2026, new Date())].map(demoContactCells);
  return Buffer.from(`\u{feff}${[demoContactHeadings, ...rows].map(demoCsvLine).join('')}`, 'utf8');
}

/** Until nothing loads and nothing moves. */
async function settle(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle');
  await page.waitForTimeout(400);
}

async function take(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(pictures, `${name}.png`), animations: 'disabled' });
  console.log(`docs/screenshots/${name}.png`);
}
