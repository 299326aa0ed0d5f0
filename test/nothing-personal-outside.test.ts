/**
 * Addresses, titles of pages, names of jobs and of connections are kept by browsers, proxies, screens and logs that nobody sealed.
 * None of them has room for a text about somebody: what an address carries is an id, a number, a day or a word of a closed set, or
 * it stands below with the reason.
 */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Route } from '#contract';
import { routes } from '#contract';
import { jobs } from '../server/jobs/queue.ts';

/** Free texts in an address, and why they say nothing about a person. */
const freeTexts: Readonly<Record<string, string>> = {
  cursor: 'made by the server; the place in a list is sealed or an id',
  tag: 'a word of the house, kept plain, as THREATS.md says',
  sheet: 'the name of a sheet in a file; the name of the file is never in an address',
  delimiter: 'one character',
  encoding: 'the name of an encoding',
  event: 'the code of an event',
  '*': 'the number of a tile of the log',
};

type Shape = { type?: string; format?: string; pattern?: string; enum?: unknown; anyOf?: Shape[]; const?: unknown };

/** Whether only an id, a number, a day, yes or no, or one of some words fits. */
function isClosed(shape: Shape): boolean {
  if (shape.anyOf !== undefined) return shape.anyOf.every(isClosed);
  if (shape.enum !== undefined || shape.const !== undefined || shape.format === 'date-time') return true;
  if (shape.type !== 'string') return ['integer', 'number', 'boolean', 'null'].includes(shape.type ?? '');
  // A pattern that lets no letter through but those of ids and quarters.
  return shape.pattern !== undefined && /^[\^$\\d{}0-9a-f\-[\]()?Q|,entris]+$/.test(shape.pattern);
}

test('no route takes a text about somebody in its address', () => {
  const open = new Set<string>();
  let seen = 0;
  for (const route of Object.values(routes) as Route[])
    for (const part of [route.params, route.query])
      for (const [name, shape] of Object.entries((part as { properties?: Record<string, Shape> })?.properties ?? {})) {
        seen += 1;
        if (!isClosed(shape)) open.add(name);
      }
  assert.ok(seen > 100, `${seen} were looked at`);
  assert.ok(!isClosed({ type: 'string' }) && !isClosed({ type: 'string', pattern: '^.+$' }), 'a free text is seen');
  assert.deepEqual([...open].toSorted(), Object.keys(freeTexts).toSorted());
});

test('a page in the tab is called by a word of ours, never by a client', () => {
  const root = fileURLToPath(new URL('../', import.meta.url));
  let titles = 0;
  for (const file of globSync('web/src/**/*.{ts,tsx}', { cwd: root })) {
    if (file.endsWith('app/title.ts')) continue;
    const text = readFileSync(root + file, 'utf8');
    assert.doesNotMatch(text, /document\.title/, file);
    for (const [, given] of text.matchAll(/\b(?:useTitle|titleOf)\((.*)\);/g)) {
      titles += 1;
      // Words that have a place for a name are given an object.
      const isWord = /^t\((?!.*, \{)/;
      const named = isWord.test(given === 'title' ? (/const title = (.*);/.exec(text)?.[1] ?? '') : given!);
      assert.ok(named, `${file}: ${given}`);
    }
  }
  assert.ok(titles > 15, `${titles} titles`);
});

test('jobs and connections have names of our own', () => {
  assert.ok(Object.values(jobs).length > 10);
  for (const name of Object.values(jobs)) assert.match(name, /^[a-z-]+\.[a-z_-]+$/);
  const root = fileURLToPath(new URL('../server/', import.meta.url));
  const names = globSync('**/*.ts', { cwd: root }).flatMap((file) =>
    [...readFileSync(root + file, 'utf8').matchAll(/application_name: (.*),$/gm)].map(([, name]) => name!),
  );
  assert.deepEqual(names.toSorted(), ["'lubart-jobs'", '`lubart-${role}`'].toSorted());
});
