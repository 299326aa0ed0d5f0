/** A kit against mistakes and against whoever has some of its sheets: altered, exchanged, of another kit, too few, too old. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { Secret } from '#kernel';
import type { KitKeys } from './kit.ts';
import { makeKit, openKit } from './kit.ts';
import { readSheets, sheetBytes, writeSheet } from './sheet-text.ts';

const newKey = () => new Secret(randomBytes(32));
const newKeys = (): KitKeys => ({ root: newKey(), looking: newKey(), log: newKey() });
const text = (...sheets: (readonly string[])[]) => sheets.map((sheet) => sheet.join('\n')).join('\n\n');
const keysOf = ({ root, looking, log }: KitKeys) => [root, looking, log].map((key) => key.expose().toString('hex'));

test('one sheet gives the keys back, as people type it', async () => {
  const keys = newKeys();
  const { sheets, id } = await makeKit(keys, 1, 1);
  const opened = await openKit(text(sheets[0]!));
  assert.deepEqual([keysOf(opened), opened.id], [keysOf(keys), id]);
  const sloppy = text(sheets[0]!)
    .toLowerCase()
    .replaceAll('0', 'o')
    .replaceAll('1', 'l')
    .replace(/^[ol]+/gm, (number) => number.replaceAll('o', '0').replaceAll('l', '1'));
  const numbered = sloppy.replace(/^(\S\S) /gm, (found) => `${found.replaceAll('o', '0').replaceAll('l', '1')}\t`);
  assert.deepEqual(keysOf(await openKit(`Lubart · Kit\n${numbered}\nthe end`)), keysOf(keys));
  const cyrillic = text(sheets[0]!).replace(
    /[ABCEHKMPTXY]/g,
    (letter) => 'АВСЕНКМРТХУ'['ABCEHKMPTXY'.indexOf(letter)]!,
  );
  assert.ok(/[АВСЕНКМРТХУ]/.test(cyrillic));
  assert.deepEqual(keysOf(await openKit(cyrillic)), keysOf(keys), 'typed with a Ukrainian keyboard');
});

test('any three of five sheets give the keys, in any order, and a sheet given twice counts once', async () => {
  const keys = newKeys();
  const { sheets } = await makeKit(keys, 3, 5);
  for (let a = 0; a < 5; a += 1)
    for (let b = 0; b < 5; b += 1)
      for (let c = 0; c < 5; c += 1) {
        const given = text(sheets[a]!, sheets[b]!, sheets[c]!);
        if (new Set([a, b, c]).size === 3) assert.deepEqual(keysOf(await openKit(given)), keysOf(keys));
        else await assert.rejects(openKit(given), { code: 'key.kit_too_few' });
      }
  assert.deepEqual(keysOf(await openKit(text(...sheets))), keysOf(keys));
});

test('attack: two sheets of a kit of three say nothing, also when they say that two are enough', async () => {
  const { sheets } = await makeKit(newKeys(), 3, 5);
  await assert.rejects(openKit(text(sheets[0]!, sheets[1]!)), { code: 'key.kit_too_few' });
  const claiming = sheets.slice(0, 2).map((sheet) => {
    const [bytes] = readSheets(text(sheet));
    bytes![5] = 2;
    return writeSheet(bytes!);
  });
  await assert.rejects(openKit(text(...claiming)), { code: 'key.kit_wrong' });
  // Of a share nothing of the keys can be read off.
  const keys = newKeys();
  const [bytes] = readSheets(text((await makeKit(keys, 2, 2)).sheets[0]!));
  for (const key of Object.values(keys)) assert.ok(!bytes!.includes(key.expose().subarray(0, 6)));
});

test('attack: every character of a sheet is mistyped once, and the line is named', async () => {
  const { sheets } = await makeKit(newKeys(), 1, 1);
  const [sheet] = sheets;
  let [named, passed] = [0, 0];
  for (const [at, line] of sheet!.entries())
    for (let place = 3; place < line.length; place += 1) {
      if (line[place] === ' ') continue;
      const put = line[place] === 'Z' ? 'Y' : 'Z';
      const wrong = sheet!.with(at, line.slice(0, place) + put + line.slice(place + 1));
      // Two characters of check let one mistake of 1 024 pass; the hash over the keys stops it then.
      await assert.rejects(openKit(text(wrong)), ({ code, details }: { code: string; details: { line?: number } }) => {
        if (code !== 'key.kit_unreadable') return ((passed += 1), code.startsWith('key.kit_'));
        named += 1;
        return details.line === at + 1;
      });
    }
  assert.ok(named > 200 && passed <= 8, `${named} named, ${passed} passed on`);
});

test('lines left out, exchanged or doubled are named; an empty answer is none', async () => {
  const [sheet] = (await makeKit(newKeys(), 1, 1)).sheets;
  const fails = (lines: readonly string[], line: number) =>
    assert.rejects(openKit(text(lines)), ({ code, details }: { code: string; details: { line: number } }) => {
      assert.deepEqual([code, details.line], ['key.kit_unreadable', line]);
      return true;
    });
  await fails(sheet!.toSpliced(4, 1), 6);
  await fails(sheet!.slice(0, 11), 12);
  await fails(sheet!.toSpliced(3, 0, sheet![3]!), 4);
  const swapped = sheet!.with(2, `03${sheet![6]!.slice(2)}`);
  await fails(swapped, 3);
  await fails([], 1);
  await fails(['the dog ate it'], 1);
});

test('attack: a share that was altered, with its checks made anew, gives an error and no key', async () => {
  const { sheets } = await makeKit(newKeys(), 2, 3);
  for (let at = 7; at < 7 + 105; at += 1) {
    const [bytes] = readSheets(text(sheets[0]!));
    bytes![at]! ^= 1;
    await assert.rejects(openKit(text(writeSheet(bytes!), sheets[1]!)), { code: 'key.kit_wrong' }, `byte ${at}`);
  }
  assert.equal(readSheets(text(sheets[0]!))[0]!.length, sheetBytes);
});

test('attack: a sheet of another kit of the same keys is refused, also when it bears the number of this one', async () => {
  const keys = newKeys();
  const [ours, theirs] = [await makeKit(keys, 2, 3), await makeKit(keys, 2, 3)];
  await assert.rejects(openKit(text(ours.sheets[0]!, theirs.sheets[1]!)), { code: 'key.kit_mixed' });
  const [bytes] = readSheets(text(theirs.sheets[1]!));
  Buffer.from(ours.id, 'hex').copy(bytes!, 1);
  await assert.rejects(openKit(text(ours.sheets[0]!, writeSheet(bytes!))), { code: 'key.kit_wrong' });
});

test('a kit is split among two to sixteen, with at least two needed and no more than there are', async () => {
  for (const [needed, sheets] of [
    [1, 2],
    [0, 1],
    [3, 2],
    [2, 1],
    [2, 17],
    [0, 0],
    [1.5, 3],
  ] as const)
    await assert.rejects(
      makeKit(newKeys(), needed, sheets),
      { code: 'key.kit_split_invalid' },
      `${needed} of ${sheets}`,
    );
  for (const [needed, sheets] of [
    [2, 2],
    [2, 16],
    [16, 16],
  ] as const) {
    const keys = newKeys();
    const kit = await makeKit(keys, needed, sheets);
    assert.deepEqual(keysOf(await openKit(text(...kit.sheets.slice(-needed)))), keysOf(keys));
  }
});
