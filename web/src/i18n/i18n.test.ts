import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { en } from './en.ts';
import { uk } from './uk.ts';

type Tree = { [key: string]: string | Tree };

function flat(tree: Tree, prefix = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === 'string') found.set(prefix + key, value);
    else for (const [inner, text] of flat(value, `${prefix}${key}.`)) found.set(inner, text);
  }
  return found;
}

const words = { uk: flat(uk), en: flat(en) };
const holes = (text: string) => (text.match(/\{\{\w+\}\}/g) ?? []).toSorted();

test('both languages say the same things', () => {
  assert.ok(words.uk.size > 300);
  assert.deepEqual([...words.en.keys()].toSorted(), [...words.uk.keys()].toSorted());
});

test('what is put into a sentence is put into it in both languages', () => {
  for (const [key, text] of words.uk) assert.deepEqual(holes(words.en.get(key) ?? ''), holes(text), key);
});

test('Ukrainian counts have all their forms', () => {
  const counted = new Set([...words.uk.keys()].filter((key) => key.endsWith('_few')).map((key) => key.slice(0, -4)));
  assert.ok(counted.size >= 5);
  for (const key of counted)
    for (const form of ['one', 'few', 'many', 'other']) assert.ok(words.uk.has(`${key}_${form}`), key);
});

test('Ukrainian words are Ukrainian: no Russian letters and the typographic apostrophe', () => {
  for (const [key, text] of words.uk) {
    assert.doesNotMatch(text, /[ыэёъ]/i, key);
    assert.doesNotMatch(text, /[а-яіїєґ]'[а-яіїєґ]/i, key);
  }
});

test('every word is said somewhere', () => {
  const source = readdirSync(join(import.meta.dirname, '..'), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !file.startsWith('i18n'))
    .map((file) => readFileSync(join(import.meta.dirname, '..', file), 'utf8'))
    .join('\n');
  const unsaid = [...words.uk.keys()].filter((key) => {
    const [group = '', ...rest] = key.replace(/_(one|few|many|other)$/, '').split('.');
    const last = rest.at(-1) ?? '';
    return !source.includes(`${group}.${rest.join('.')}`) && !new RegExp(`['"\`.]${last}['"\`]`).test(source);
  });
  const builtFromClosedSets =
    /^(security\.pages|imports\.(states|kinds|outcomes|sure|likely)|people\.roleHints|leaving\.steps|roles\.levelHints|access\.why|reviews\.(reasons|intervals|escalations|kinds|previous|outcomes)|elevations\.states|letters\.(confirm|cancel|levels)|erasure\.reasons|connection\.(ways|troubles|databases)|keys\.keepers|audit\.(levels|fact))(\.|$)/;
  assert.deepEqual(
    unsaid.filter((key) => !builtFromClosedSets.test(key)),
    [],
  );
});
