/** Finds a Chromium for the journeys, or installs one: Debian’s when we may, else the one Playwright offers. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { repository, run, tell } from './prepare.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const places = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** @returns {Promise<string | undefined>} path of a browser that says its version */
export async function findBrowser(node) {
  const given = process.env['LUBART_CHROMIUM'];
  // A wrong setting is said, not silently replaced by another browser.
  if (given) return isBrowser(given) ? given : undefined;
  return present(node) ?? (await install(node));
}

function present(node) {
  const found = (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)));
  return [...found, ...places, fromPlaywright(node)].find((path) => path && isBrowser(path));
}

async function install(node) {
  const quiet = { cwd: repository, stdio: ['ignore', process.stderr, process.stderr] };
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    tell('Lubart: installing Chromium for the journeys (apt-get) …');
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const aptGet = (...args) => run('/usr/bin/apt-get', ['-q', '-y', ...args], { ...quiet, env }).catch(() => 1);
    const installs = () => aptGet('install', '--no-install-recommends', 'chromium');
    if ((await installs()) !== 0 && (await aptGet('update')) === 0) await installs();
    const found = present(node);
    if (found) return found;
  }
  tell('Lubart: installing Chromium for the journeys (Playwright) …');
  const cli = join(repository, 'node_modules', 'playwright-core', 'cli.js');
  await run(node, [cli, 'install', 'chromium'], quiet).catch(() => 1);
  return present(node);
}

function fromPlaywright(node) {
  const script = "import('playwright-core').then(({ chromium }) => console.log(chromium.executablePath()))";
  const answer = spawnSync(node, ['-e', script], { cwd: repository, encoding: 'utf8' });
  return answer.status === 0 ? answer.stdout.trim() : undefined;
}

function isBrowser(path) {
  try {
    accessSync(path, constants.X_OK);
  } catch {
    return false;
  }
  if (process.platform === 'win32') return true; // Chrome on Windows opens a window instead of answering.
  const answer = spawnSync(path, ['--version'], { encoding: 'utf8', timeout: 20_000 });
  return answer.status === 0 && /Chrom/.test(answer.stdout);
}
