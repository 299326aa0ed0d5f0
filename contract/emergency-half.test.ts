import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import type { EmergencyHalf } from './emergency-half.ts';
import { halfLetters, halfLettersCount, readHalf, shareBytes, writeHalf } from './emergency-half.ts';

const half: EmergencyHalf = { half: 1, sheet: '7c03ff', share: new Uint8Array(shareBytes).fill(0xa5) };

test('a half is sixteen groups of four, and is read again in any spelling', () => {
  const text = writeHalf(half);
  assert.match(text, /^([0-9A-HJKMNP-TV-Z]{4} ){15}[0-9A-HJKMNP-TV-Z]{4}$/);
  assert.equal(halfLetters(text).length, halfLettersCount);
  for (const spelling of [text, text.toLowerCase(), text.replaceAll(' ', '-\n'), text.replaceAll('0', 'o')])
    assert.deepEqual(readHalf(spelling), half);
});

test('whatever is written is read as it was', () => {
  const halves = fc.record({
    half: fc.constantFrom(1 as const, 2 as const),
    sheet: fc.stringMatching(/^[0-9a-f]{6}$/),
    share: fc.uint8Array({ minLength: shareBytes, maxLength: shareBytes }),
  });
  fc.assert(fc.property(halves, (one) => assert.deepEqual(readHalf(writeHalf(one)), { ...one })));
});

test('a wrong letter, two that changed places, one too few and one too many are noticed', () => {
  const letters = halfLetters(writeHalf({ ...half, share: randomBytes(shareBytes) }));
  for (let at = 0; at < letters.length; at += 1) {
    const other = letters[at] === 'Z' ? 'Y' : 'Z';
    assert.equal(readHalf(letters.slice(0, at) + other + letters.slice(at + 1)), undefined);
    const [one, two] = [letters[at]!, letters[at + 1]];
    if (two !== undefined && one !== two)
      assert.equal(readHalf(letters.slice(0, at) + two + one + letters.slice(at + 2)), undefined);
  }
  for (const text of ['', letters.slice(1), `${letters}0`, letters.replace(/.$/, 'U'), 'я'.repeat(64)])
    assert.equal(readHalf(text), undefined);
});

test('the checksum is the CRC-32 that everybody computes', () => {
  const letters = halfLetters(writeHalf(half));
  const plain = Buffer.concat([Buffer.from([1, 0x7c, 0x03, 0xff]), Buffer.alloc(shareBytes, 0xa5)]);
  const sum = crc32(plain);
  // 40 bytes are 64 letters of five bits; the last 32 bits are the sum.
  const value = [...letters].reduce(
    (all, letter) => all * 32n + BigInt('0123456789ABCDEFGHJKMNPQRSTVWXYZ'.indexOf(letter)),
    0n,
  );
  assert.equal(Number(value & 0xffffffffn), sum);
});
