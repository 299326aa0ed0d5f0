/**
 * `npm test`: the whole truth in one command: the check, then every test, with a real PostgreSQL and a real browser.
 * `npm test -- server/crm test/journeys/sign-in.test.ts` runs only the tests in these files and folders.
 */
import { statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { check } from './check.mjs';
import { findBrowser } from './find-browser.mjs';
import { filesUnder, launch, LaunchError, prepare, repository, run, tell } from './prepare.mjs';

const places = [
  { folder: 'server', form: /\.test\.ts$/ },
  { folder: 'contract', form: /\.test\.ts$/ },
  { folder: 'cli', form: /\.test\.ts$/ },
  { folder: 'launch', form: /\.test\.mjs$/ },
  { folder: 'test', form: /\.test\.ts$/ },
  { folder: 'bench', form: /\.test\.ts$/ },
  { folder: join('web', 'src'), form: /\.test\.ts$/ },
];

const isJourney = (file) => /journey/.test(file);

await launch(async () => {
  const asked = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
  const options = process.argv.slice(2).filter((argument) => argument.startsWith('-'));
  const files = asked.length > 0 ? asked.flatMap(filesAskedFor) : allFiles();
  if (files.length === 0) throw new LaunchError('Lubart: there are no tests there.');

  const needsBrowser = files.some(isJourney);
  const { node } = await prepare({ web: needsBrowser || asked.length === 0 });
  const browser = needsBrowser ? await findBrowser(node) : undefined;
  if (needsBrowser && !browser)
    tell('✖ No Chromium was found and none could be installed: the journeys cannot run. Set LUBART_CHROMIUM to one.');
  const runnable = needsBrowser && !browser ? files.filter((file) => !isJourney(file)) : files;

  const checked = asked.length > 0 ? 0 : await check(node);
  const tested = runnable.length === 0 ? 0 : await runTests(node, runnable, options, browser);
  if (asked.length === 0 || needsBrowser) {
    tell(sayResult({ checked, tested, left: files.length - runnable.length }));
  }
  return checked === 0 && tested === 0 && runnable.length === files.length ? 0 : 1;
});

function runTests(node, files, options, browser) {
  const env = { ...process.env, ...(browser ? { LUBART_CHROMIUM: browser } : {}) };
  // A test chooses its own settings; those of the person at the keyboard must not reach it.
  for (const name of Object.keys(env))
    if (/^LUBART_(?!CHROMIUM$)|^DATABASE_URL$|^PG[A-Z]+$/.test(name)) delete env[name];
  const args = [
    '--test',
    '--test-global-setup=test/global-setup.ts',
    '--test-concurrency=2',
    '--test-reporter=spec',
    ...options,
    ...files,
  ];
  return run(node, args, { cwd: repository, env, stdio: ['ignore', 'inherit', 'inherit'] });
}

function allFiles() {
  return places.flatMap(({ folder, form }) => filesUnder(repository, folder).filter((file) => form.test(file))).sort();
}

function filesAskedFor(path) {
  const own = relative(repository, resolve(path));
  const found = statSync(join(repository, own), { throwIfNoEntry: false });
  if (found?.isFile()) return [own];
  if (found?.isDirectory())
    return filesUnder(repository, own)
      .filter((file) => /\.test\.(ts|mjs)$/.test(file))
      .sort();
  throw new LaunchError(`Lubart: there is no ${path}.`);
}

function sayResult({ checked, tested, left }) {
  const word = (code) => (code === 0 ? 'passed' : 'FAILED');
  return `check ${word(checked)}, tests ${word(tested)}${left > 0 ? `, ${left} journey files did NOT run` : ''}`;
}
