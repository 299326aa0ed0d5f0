/** The import table holds: every import of the project is read and looked up in architecture.ts. */
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { laws, rooms, sideDoors } from '../architecture.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const { imports: aliases } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  imports: Record<string, string>;
};

type Import = { from: string; to: string; typeOnly: boolean };

const sources = globSync(
  '{architecture.ts,{contract,server,cli,verifier,web/src,test,bench}/**/*.{ts,tsx},launch/**/*.mjs}',
  {
    cwd: root,
  },
)
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => !file.includes('node_modules') && !/\.(d|tmp)\.ts$/.test(file));
const imports = sources.flatMap(importsOf);

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8');
  const found: Import[] = [];
  for (const match of text.matchAll(
    /(?:^|\n)\s*(import|export)\s+(type\s+)?[^'";]*?from\s+'([^']+)'|(?:^|[^.\w])import\(\s*'([^']+)'\s*\)|(?:^|\n)import\s+'([^']+)'/g,
  )) {
    const target = resolveImport(file, (match[3] ?? match[4] ?? match[5])!);
    if (target !== undefined) found.push({ from: file, to: target, typeOnly: match[2] !== undefined });
  }
  return found;
}

/** The project file that is meant; undefined for packages. */
function resolveImport(file: string, name: string): string | undefined {
  if (name.startsWith('.')) return relative(root, normalize(join(root, dirname(file), name))).replaceAll('\\', '/');
  if (!name.startsWith('#')) return undefined;
  for (const [alias, target] of Object.entries(aliases)) {
    if (alias === name) return target.slice(2);
    const [before, after] = alias.split('*') as [string, string | undefined];
    if (after !== undefined && name.startsWith(before)) return target.slice(2).replace('*', name.slice(before.length));
  }
  return name;
}

const inside = (file: string, folder: string) => file.startsWith(`${folder}/`);
const roomOf = (file: string) =>
  rooms.filter(({ folder }) => inside(file, folder)).toSorted((a, b) => b.folder.length - a.folder.length)[0];
const isTest = (file: string) => /\.(test|fixture)\.(ts|tsx|mjs)$/.test(file);

test('the table is about folders that exist, and imports were really seen', () => {
  for (const { folder } of rooms) assert.ok(existsSync(join(root, folder)), `no folder ${folder}`);
  assert.ok(sources.length > 100, `only ${sources.length} files`);
  assert.ok(imports.length > 400, `only ${imports.length} imports`);
  assert.ok(
    imports.some(({ to }) => to === 'contract/index.ts'),
    'aliases are followed',
  );
});

test('every import goes to a room that the table allows', () => {
  const broken = imports.filter(({ from, to }) => {
    const [here, there] = [roomOf(from), roomOf(to)];
    if (here === undefined || there === undefined || here === there || isTest(from)) return false;
    return !here.mayImport.includes('*') && !here.mayImport.includes(there.folder);
  });
  assert.deepEqual(
    broken.map(({ from, to }) => `${from} → ${to}`),
    [],
  );
});

test('from outside a room only its door is opened', () => {
  const broken = imports.filter(({ from, to }) => {
    const there = roomOf(to);
    if (there === undefined || inside(from, there.folder) || sideDoors.includes(to)) return false;
    const wholeHouse = ['contract', 'server', 'launch', 'test', 'bench', 'cli', 'verifier'].includes(there.folder);
    return !wholeHouse && to !== `${there.folder}/index.ts` && !isTest(from);
  });
  assert.deepEqual(
    broken.map(({ from, to }) => `${from} → ${to}`),
    [],
  );
});

test('the laws hold', () => {
  for (const { from: folder, never, law } of laws) {
    const broken = imports.filter(({ from, to }) => inside(from, folder) && inside(to, never) && !isTest(from));
    assert.deepEqual(
      broken.map(({ from, to }) => `${from} → ${to}`),
      [],
      law,
    );
  }
});

test('the browser takes no schema library: of routes it knows only types', () => {
  const broken = imports.filter(
    ({ from, to, typeOnly }) =>
      inside(from, 'web') &&
      !isTest(from) &&
      (inside(to, 'contract/routes') || to === 'contract/index.ts') &&
      !typeOnly,
  );
  assert.deepEqual(
    broken.map(({ from, to }) => `${from} → ${to}`),
    [],
  );
});
