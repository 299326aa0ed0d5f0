/** A real Chromium for the journeys: every page is watched for what a page of Lubart must never do. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import axe from 'axe-core';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { officeBrowser } from '../client.ts';
import { leaveBeforeStop } from '../running-lubart.ts';

/** Where the browser is; undefined when this machine has none (then the launcher says that journeys did not run). */
export const browserPath = [process.env['LUBART_CHROMIUM'], '/usr/bin/chromium'].find(
  (path) => path !== undefined && existsSync(path),
);

const flags = [
  '--headless',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--lang=uk',
];

let browser: Browser | undefined;
leaveBeforeStop(async () => browser?.close());

export type Visitor = { context: BrowserContext; page: Page; troubles: string[] };

/** A person at the office computer, which everybody uses; or, on demand, at a browser that is new. No session is shared. */
export async function openVisitor(
  origin: string,
  options: BrowserContextOptions = {},
  where: 'office' | 'new' = 'office',
): Promise<Visitor> {
  browser ??= await chromium.launch({
    executablePath: browserPath!,
    args: [...flags, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
  });
  const context = await browser.newContext({
    locale: 'uk-UA',
    timezoneId: 'Europe/Kyiv',
    viewport: { width: 1360, height: 860 },
    ...options,
  });
  context.setDefaultTimeout(20_000);
  if (where === 'office') {
    const [name, value] = officeBrowser.split('=') as [string, string];
    await context.addCookies([{ name, value, url: origin, httpOnly: true, sameSite: 'Lax' }]);
  }
  const troubles: string[] = [];
  context.on('request', (request) => {
    if (!request.url().startsWith(origin) && !/^(data|blob):/.test(request.url()))
      troubles.push(`asked a stranger: ${request.url()}`);
  });
  context.on('weberror', (error) => troubles.push(`error in the page: ${error.error().message}`));
  context.on('console', (message) => {
    if (/Content Security Policy|Refused to/i.test(message.text())) troubles.push(message.text());
  });
  return { context, page: await context.newPage(), troubles };
}

type Violation = { id: string; help: string; nodes: { html: string; failureSummary?: string }[] };

/** axe-core finds nothing on the screen as it is now: WCAG 2.2 A and AA. */
export async function checkAccessible(page: Page, screen: string): Promise<void> {
  await page.waitForLoadState('networkidle');
  await page.evaluate(axe.source);
  // A message may begin to fade while axe looks; what lasts is found again.
  const first = await lookWithAxe(page);
  const { violations, passes } = first.violations.length === 0 ? first : await lookWithAxe(page);
  assert.ok(passes.length > 5, `${screen}: axe saw nothing`);
  const found = violations.map(
    ({ id, help, nodes }) => `${id}: ${help} ${nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`,
  );
  assert.deepEqual(found, [], screen);
}

async function lookWithAxe(page: Page): Promise<{ violations: Violation[]; passes: unknown[] }> {
  // What is fading in has other colours for a moment.
  await page.evaluate('Promise.all(document.getAnimations().map((one) => one.finished.catch(() => {})))');
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
  return page.evaluate(`axe.run({ runOnly: ${JSON.stringify(tags)} })`);
}
