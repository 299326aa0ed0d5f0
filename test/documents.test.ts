/**
 * What the documents say is true of the code: paths, links, commands, settings, codes, versions and numbers exist. Tables that
 * repeat the code are made from it: LUBART_WRITE_DOCUMENTS=1 node_modules/.bin/node --test test/documents.test.ts
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { errorStatus, eventLevels, permissions } from '#contract';
import { settings } from '#kernel';
import { rooms } from '../architecture.ts';
import { actions } from '../cli/commands.ts';
import { failuresPerNetworkMax, triesPerPersonMax } from '../server/protections/sign-in/failures.ts';
import { windowMinutes } from '../server/protections/sign-in/network-limit.ts';
import { recoveryCodesCount } from '../server/protections/sign-in/recovery-codes.ts';
import { passwordLengthMax, passwordLengthMin } from '../server/protections/sign-in/require-password.ts';
import { sessionDaysMax, sessionIdleHoursMax } from '../server/protections/sign-in/session-store.ts';
import { ticketMinutes } from '../server/protections/sign-in/tickets.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const find = (pattern: string) => globSync(pattern, { cwd: root }).map((file) => file.replaceAll('\\', '/'));
const { scripts, ...manifest } = JSON.parse(read('package.json')) as Record<string, Record<string, string>>;

const documents = find('{*.md,docs/**/*.md,changes/*.md}');
const sources = find('{*.ts,{contract,server,cli,test,bench,launch,docs,changes,.ci}/**/*,web/{*,src/**/*,public/*}}');
const names = new Set([...sources, ...documents].map((file) => basename(file)));

/** Without what the formatter adds to line up the columns of a table. */
const plain = (text: string) =>
  text.replace(/^\|.*$/gm, (row) =>
    row
      .replace(/ +/g, ' ')
      .replace(/-{3,}/g, '---')
      .replace(/ \| \|/g, ' | |'),
  );
/** Texts between single backquotes, outside of blocks. */
const spansOf = (text: string) =>
  [...text.replace(/^ *```[^]*?^ *```$/gm, '').matchAll(/`([^`\n]+)`/g)].map((match) => match[1]!);
const blocksOf = (text: string) => [...text.matchAll(/^ *```\w*\n([^]*?)^ *```$/gm)].map((match) => match[1]!);
const headingsOf = (text: string) => [...text.replace(/^ *```[^]*?^ *```$/gm, '').matchAll(/^(#+) (.+)$/gm)];
/** The anchor that a heading gets on a page of the repository. */
const slugOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');

/** Everything in all documents that `pick` finds, as “document: thing”, where `isTrue` says no. */
function untrue(
  pick: (text: string) => string[],
  isTrue: (thing: string, document: string) => boolean,
  atLeast: number,
): string[] {
  const found = documents.flatMap((document) => pick(read(document)).map((thing) => ({ document, thing })));
  assert.ok(found.length >= atLeast, `only ${found.length} were seen`);
  return found
    .filter(({ document, thing }) => !isTrue(thing, document))
    .map(({ document, thing }) => `${document}: ${thing}`);
}

test('every link leads to a file, and to a heading in it', () => {
  const links = (text: string) =>
    [...text.matchAll(/\]\(([^)\s]+)\)|src="([^"]+)"/g)].map((match) => (match[1] ?? match[2])!);
  const leads = (link: string, document: string) => {
    if (/^https?:/.test(link)) return true;
    const [path, anchor] = link.split('#') as [string, string | undefined];
    const target = path === '' ? document : join(dirname(document), path);
    if (!existsSync(join(root, target))) return false;
    return anchor === undefined || headingsOf(read(target)).some((heading) => slugOf(heading[2]!) === anchor);
  };
  assert.deepEqual(untrue(links, leads, 80), []);
});

test('every path that is named exists', () => {
  const form = /^\.?[\w-]+(\/[\w.-]+)*(\/|\.(ts|tsx|mjs|sql|md|json|css|svg|png))?$/;
  const folders = /^(contract|server|cli|launch|test|web|docs|bench|changes|\.ci|node_modules)(\/|$)/;
  const isPath = (span: string) =>
    form.test(span) && (folders.test(span) || /\.(ts|tsx|mjs|sql|md|css|svg|png)$/.test(span));
  const paths = (text: string) => spansOf(text).filter((span) => isPath(span) && !/^(noun|verb)\b/.test(span));
  const exists = (path: string, document: string) =>
    existsSync(join(root, path)) || existsSync(join(root, dirname(document), path)) || names.has(path);
  assert.deepEqual(untrue(paths, exists, 100), []);
});

test('every folder in the tree of ARCHITECTURE.md exists', () => {
  const [tree] = blocksOf(read('ARCHITECTURE.md'));
  const above: string[] = [];
  let seen = 0;
  for (const line of tree!.split('\n')) {
    const [, indent, entries] = /^( *)((?:[\w-]+(?:\/[\w-]+)*(?:\/|\.ts)\s)+)/.exec(`${line} `) ?? [];
    if (indent === undefined) continue;
    const depth = indent.length / 2;
    for (const entry of entries!.trim().split(/\s+/)) {
      above[depth] = entry;
      seen += 1;
      assert.ok(existsSync(join(root, ...above.slice(0, depth + 1))), above.slice(0, depth + 1).join(''));
    }
  }
  assert.ok(seen > 25, `only ${seen}`);
});

test('every command that is named is one', () => {
  const npm = (text: string) =>
    [...text.matchAll(/\bnpm (?:run [\w-]+|start|test)(?: -- [a-z]+(?: [a-z]+)?)?/g)].map((match) => match[0]);
  const isCommand = (command: string) => {
    const [, script, first, second] = /^npm (?:run )?([\w-]+)(?: -- ([a-z]+)(?: ([a-z]+))?)?$/.exec(command)!;
    if (scripts?.[script!] === undefined) return false;
    if (script !== 'lubart' || first === undefined) return true;
    return actions.some(
      ({ words }) => words[0] === first && (second === undefined || words[1] === undefined || words[1] === second),
    );
  };
  assert.deepEqual(untrue(npm, isCommand, 30), []);
});

test('every setting that is named exists', () => {
  const code = find('{launch,test}/**/*.{ts,mjs}').map(read).join('\n');
  const known = new Set(settings.map((setting) => setting.name));
  const named = (text: string) => [...text.matchAll(/\b(?:LUBART_[A-Z_]+|DATABASE_URL)\b/g)].map((match) => match[0]);
  assert.deepEqual(
    untrue(named, (name) => known.has(name) || code.includes(`'${name}'`), 40),
    [],
  );
});

test('every code, event and permission that is named is one of the closed sets', () => {
  const known = new Set<string>([...Object.keys(errorStatus), ...Object.keys(eventLevels), ...permissions]);
  const isFile = /\.(ts|tsx|mjs|sql|md|json|css|svg|png|lock|service|example)$/;
  const named = (text: string) =>
    spansOf(text).filter((span) => /^[a-z][a-z-]*\.[a-z_-]+$/.test(span) && !isFile.test(span));
  const elsewhere = new Set(['changes.birthday', 'root.key']);
  assert.deepEqual(
    untrue(named, (name) => known.has(name) || elsewhere.has(name), 10),
    [],
  );
});

test('README.md and README.uk.md have the same sections, pictures, tables, commands and links', () => {
  const shape = (file: string) => {
    const text = read(file);
    const links = [...text.matchAll(/\]\(([^)]+)\)/g)].map((match) =>
      match[1]!.replace(/^README(\.uk)?\.md$/, 'README'),
    );
    return {
      headings: headingsOf(text).map((heading) => heading[1]),
      rows: text.split('\n').filter((line) => line.startsWith('|')).length,
      items: text.split('\n').filter((line) => /^(- |\d+\. )/.test(line)).length,
      commands: blocksOf(text).map((block) => block.replace(/#.*$/gm, '')),
      spans: spansOf(text)
        .filter((span) => /^[\w.:/-]+$/.test(span))
        .toSorted(),
      links: links.toSorted(),
    };
  };
  assert.ok(shape('README.md').headings.length >= 8);
  assert.deepEqual(shape('README.uk.md'), shape('README.md'));
});

test('docs/dependencies.md names every package of package.json with its version, and no other', () => {
  const rows = [...plain(read('docs/dependencies.md')).matchAll(/^\| `([^`]+)` \| (\S+) \|/gm)].map(
    (match) => [match[1]!, match[2]!] as const,
  );
  const { dependencies, devDependencies, optionalDependencies } = manifest;
  assert.deepEqual(Object.fromEntries(rows), { ...dependencies, ...devDependencies, ...optionalDependencies });
  assert.ok(
    rows.every(([, version]) => /^\d+\.\d+\.\d+/.test(version)),
    'versions are exact',
  );
});

test('tables that repeat the code are made from it', () => {
  const code = (text: string) => (text === '' ? '' : `\`${text}\``);
  const settingRows = settings.map(({ name, default: fallback, meaning, choices }) => {
    const words = choices === undefined ? meaning : `${meaning}: ${choices.join(', ')}`;
    return `| ${code(name)} | ${code(fallback)} | ${words} |`;
  });
  requirePart('docs/operations.md', 'settings', [
    '| Setting | Default | Meaning |',
    '| --- | --- | --- |',
    ...settingRows,
  ]);
  const short = (folder: string) =>
    folder === '*' ? 'all' : code(folder.replace(/^server\/(?:protections\/|crm\/)?/, ''));
  const roomRows = rooms.map(({ folder, mayImport }) => `| ${code(folder)} | ${mayImport.map(short).join(' ')} |`);
  requirePart('ARCHITECTURE.md', 'rooms', ['| Folder | May open the doors of |', '| --- | --- |', ...roomRows]);
});

function requirePart(document: string, name: string, lines: string[]): void {
  const form = new RegExp(`(<!-- ${name}: [^\n]*-->\n)[^]*?(<!-- end of ${name} -->)`);
  const text = read(document);
  assert.match(text, form);
  const made = text.replace(form, (_, start: string, end: string) => `${start}\n${lines.join('\n')}\n\n${end}`);
  if (process.env['LUBART_WRITE_DOCUMENTS'] === '1') writeFileSync(join(root, document), made);
  else assert.equal(plain(text), plain(made), `${document}: write it anew with LUBART_WRITE_DOCUMENTS=1`);
}

test('numbers that operators rely on are those of the code', () => {
  const signIn = plain(read('docs/protections/sign-in.md'));
  const sentences = [
    `| Tries of one person, all factors together | ${triesPerPersonMax} in ${windowMinutes} minutes |`,
    `| ${failuresPerNetworkMax} in ${windowMinutes} minutes |`,
    `| Time between password and code | ${ticketMinutes['second-step']} minutes |`,
    `| A session ends when unused for | ${sessionIdleHoursMax} hours |`,
    `| and in any case after | ${sessionDaysMax} days |`,
    `Passwords have ${passwordLengthMin} to ${passwordLengthMax} characters`,
  ];
  for (const sentence of sentences) assert.ok(signIn.includes(sentence), sentence);
  assert.equal(recoveryCodesCount, 10, 'the documents say ten');
  assert.equal(triesPerPersonMax, 10, 'README says ten');
});

test('every attack that is played stands in THREATS.md', () => {
  const attacks = find('{server,test,web/src,cli}/**/*.attack.test.ts');
  assert.ok(attacks.length >= 8, `only ${attacks.length}`);
  const threats = read('THREATS.md');
  assert.deepEqual(
    attacks.filter((file) => !threats.includes(file)),
    [],
  );
});

test('decisions are numbered without a gap, and all are listed', () => {
  const files = find('docs/decisions/[0-9]*.md')
    .map((file) => basename(file))
    .toSorted();
  assert.deepEqual(
    files.map((file) => Number(file.slice(0, 4))),
    files.map((_, at) => at + 1),
  );
  const list = plain(read('docs/decisions/README.md'));
  for (const file of files) {
    const title = /^# \d{4} · (.+)$/m.exec(read(`docs/decisions/${file}`))?.[1];
    assert.ok(list.includes(`[${file.slice(0, 4)}](${file}) | ${title} |`), file);
  }
});

test('every screenshot that is kept is shown', () => {
  const shown = read('README.md');
  const kept = find('docs/screenshots/*.png');
  assert.ok(kept.length >= 5);
  assert.deepEqual(
    kept.filter((file) => !shown.includes(file)),
    [],
  );
});

test('the licence is the unchanged text of the Apache License 2.0', () => {
  const hash = createHash('sha256').update(read('LICENSE')).digest('hex');
  assert.equal(hash, 'c71d239df91726fc519c6eb72d318ec65820627232b2f796219e87dcf35d0ab4');
});
