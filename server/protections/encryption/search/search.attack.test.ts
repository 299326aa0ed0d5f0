import assert from 'node:assert/strict';
import { createSecretKey, hash, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import type { SearchRecord } from './index.ts';
import { codeToken, emailToken, makeIndexKey, phoneToken, queryTokens, tokensMax, tokensOf } from './index.ts';
import { alternativesMax, tokensPerAlternativeMax } from './query-tokens.ts';
import { BlockWriter, domains, makeToken } from './search-key.ts';

const keyBytes = new Uint8Array(32).fill(7);
const key = makeIndexKey(keyBytes);
const record: SearchRecord = {
  words: ['Шевченко', 'Олександр', 'Олександрович', 'ТОВ «Промінь Плюс»'],
  phones: ['+380500000001'],
  emails: ['shevchenko.o@promin.example'],
  codes: ['12345678'],
};

test('a thief with the index of one organization learns nothing about another: keys share no tokens', () => {
  const other = makeIndexKey(randomBytes(32));
  const stored = new Set(tokensOf(key, record));
  assert.ok(stored.size > 30);
  assert.deepEqual(
    tokensOf(other, record).filter((token) => stored.has(token)),
    [],
  );
});

test('the same text means nothing in another domain', () => {
  const tokens = Object.values(domains).map((domain) => makeToken(key, domain, '123'));
  assert.equal(new Set(tokens).size, Object.keys(domains).length);
  assert.notEqual(phoneToken(key, '12345678'), codeToken(key, '12345678'));
  assert.notEqual(emailToken(key, '12345678'), codeToken(key, '12345678'));
});

test('no two inputs make one block: padding, length and hashing cannot be played against each other', () => {
  const inputs = [
    '',
    '\0',
    'a',
    'a\0',
    'a\0\0',
    'ab',
    'a'.repeat(15),
    'a'.repeat(16),
    'a'.repeat(17),
    `${'a'.repeat(14)}\0`,
    'я',
    'яяяяяяя',
    'яяяяяяяя',
  ];
  const all = Object.values(domains).flatMap((domain) => inputs.map((input) => makeToken(key, domain, input)));
  assert.equal(new Set(all).size, all.length);
});

test('a token is four bytes of AES-256 over the block that the specification says', () => {
  // FIPS 197, appendix C.3: key 00…1f, block 00112233445566778899aabbccddeeff → 8ea2b7ca516745bfeafc49904b496089
  const vectorKey = makeIndexKey(Uint8Array.from({ length: 32 }, (_, at) => at));
  const block = Buffer.from('00112233445566778899aabbccddeeff', 'hex');
  assert.equal(vectorKey.cipher.update(block).toString('hex'), '8ea2b7ca516745bfeafc49904b496089');
  const ours = Buffer.alloc(16);
  ours[0] = (domains.wordPrefix << 4) | 2;
  ours.write('sh', 1, 'latin1');
  assert.equal(makeToken(key, domains.wordPrefix, 'sh'), key.cipher.update(ours).readInt32BE(0));
  const long = Buffer.alloc(16);
  long[0] = ((domains.emailWhole | 8) << 4) | 15;
  hash('sha256', 'shevchenko.o@promin.example', 'buffer').copy(long, 1, 0, 15);
  assert.equal(emailToken(key, 'shevchenko.o@promin.example'), key.cipher.update(long).readInt32BE(0));
});

test('tokens do not depend on what was tokenised before', () => {
  const alone = tokensOf(makeIndexKey(createSecretKey(keyBytes)), record);
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 40 }), { maxLength: 5 }), (words) => {
      tokensOf(key, { words, phones: words, emails: words, codes: words });
      assert.deepEqual(tokensOf(key, record), alone);
    }),
  );
});

test('tokens are signed 32-bit integers, sorted, each once', () => {
  const tokens = tokensOf(key, { ...record, words: [...record.words, ...record.words] });
  assert.deepEqual(
    tokens,
    [...new Set(tokens)].toSorted((a, b) => a - b),
  );
  assert.ok(tokens.every((token) => Number.isInteger(token) && token >= -(2 ** 31) && token < 2 ** 31));
  assert.ok(tokens.some((token) => token < 0) && tokens.some((token) => token > 0));
});

test('an ordinary contact has about fifty tokens, and no record has more than the limit', () => {
  const ordinary = tokensOf(key, { ...record, codes: [] }).length;
  assert.ok(ordinary >= 35 && ordinary <= 60, String(ordinary));
  const words = Array.from({ length: 20_000 }, (_, at) => `слово${at} інше${at}`);
  const hostile: SearchRecord = { words: [words.join(' ')], phones: words, emails: words, codes: words };
  assert.ok(tokensOf(key, hostile).length <= tokensMax);
  assert.ok(tokensOf(key, { words, phones: [], emails: [], codes: [] }).length <= tokensMax);
});

test('an overlong record keeps its phones, e-mails and codes', () => {
  const tokens = new Set(tokensOf(key, { ...record, words: Array.from({ length: 500 }, (_, at) => `слово${at}`) }));
  assert.ok(tokens.has(phoneToken(key, '+380 50 000 00 01')));
  assert.ok(tokens.has(emailToken(key, 'Shevchenko.O@PROMIN.example')));
  assert.ok(tokens.has(codeToken(key, '12345678')));
});

test('long hostile input costs no more than its length', () => {
  const long = 2_000_000;
  for (const text of [
    'щ'.repeat(long),
    'а-'.repeat(long / 2),
    '0'.repeat(long),
    '@.'.repeat(long / 2),
    '\u0301'.repeat(long),
    '😀'.repeat(long / 2),
  ]) {
    const tokens = tokensOf(key, { words: [text], phones: [text], emails: [text], codes: [text] });
    assert.ok(tokens.length <= tokensMax);
    queryTokens(key, 'ще').rank({ words: [text], phones: [text], emails: [text], codes: [text] });
  }
});

test('of very many words only the longest are asked for; the rest is left to the check', () => {
  const words = 'аб вг ґд еє жз иі їй кл мн оп рс ту олександрович'.split(' ');
  const [asked = [], ...others] = queryTokens(key, words.join(' ')).any;
  assert.equal(others.length, 0);
  assert.equal(asked.length, tokensPerAlternativeMax);
  assert.equal(asked[0], makeToken(key, domains.wordPrefix, 'oleksandrovich'.slice(0, 11)));
});

test('no typed text makes the database do much', () => {
  const part = fc.constantFrom('а ', 'шев ', '050 ', '1234567890 ', '@', '.', '-', '+', 'ко', '12', 'x@y.z ', ' ');
  fc.assert(
    fc.property(
      fc.array(part, { maxLength: 60 }).map((parts) => parts.join('').slice(0, 200)),
      (text) => {
        let query;
        try {
          query = queryTokens(key, text);
        } catch {
          return; // too short
        }
        assert.ok(query.any.length >= 1 && query.any.length <= 200);
        if (query.any.some((alternative) => alternative.length > 1)) assert.ok(query.any.length <= alternativesMax);
        for (const alternative of query.any)
          assert.ok(alternative.length >= 1 && alternative.length <= tokensPerAlternativeMax);
        assert.equal(typeof query.matches(record), 'boolean');
      },
    ),
    { numRuns: 500 },
  );
});

test('the date of birth in a tax number is not in the index: the number has one token', () => {
  assert.deepEqual(tokensOf(key, { words: [], phones: [], emails: [], codes: ['1234567899'] }), [
    codeToken(key, '1234567899'),
  ]);
});

test('a hit of the sieve that is not one is thrown out after opening', () => {
  // the first twelve letters are alike, so the index cannot tell them apart
  const { any, matches } = queryTokens(key, 'Александрополіський');
  const other: SearchRecord = { ...record, words: ['Александрополітен'] };
  const stored = new Set(tokensOf(key, other));
  assert.ok(any.some((alternative) => alternative.every((token) => stored.has(token))));
  assert.equal(matches(other), false);
});

test('an index key of the wrong length is refused', () => {
  for (const length of [0, 16, 31, 33]) assert.throws(() => makeIndexKey(new Uint8Array(length)), RangeError);
});

test('a record that is too long does not spill into the next one', () => {
  const writer = new BlockWriter(key);
  for (let at = 0; at < tokensMax * 2; at += 1) writer.add(domains.wordPrefix, String(at));
  assert.equal(writer.finish().length, tokensMax);
  assert.equal(writer.finish().length, 0);
});
