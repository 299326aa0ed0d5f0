import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { smallestGroup } from './hide-small.ts';
import type { SumParts } from './tell-sums.ts';
import { amountOf, baseFor, kopiykasOf, tellSum } from './tell-sums.ts';

const partsOf = (hidden: readonly bigint[], seen = 0n): SumParts => ({
  seen,
  hidden: hidden.reduce((sum, amount) => sum + amount, 0n),
  givers: hidden.filter((amount) => amount > 0n).length,
  largest: hidden.reduce((most, amount) => (amount > most ? amount : most), 0n),
});
const amounts = fc.array(fc.bigInt({ min: 0n, max: 10_000_000n }), { minLength: 40, maxLength: 120 });

test('amounts keep their kopiykas, however large', () => {
  for (const text of ['0.00', '0.05', '1200.50', '999999999999.99', '123456789012345678.90'])
    assert.equal(amountOf(kopiykasOf(text)), text);
  assert.equal(kopiykasOf('7'), 700n);
});

test('the base is 1, 2 or 5 with noughts, between a twentieth and an eighth of all', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 2_000n, max: 10n ** 18n }), (hidden) => {
      const base = baseFor({ hidden, largest: 0n })!;
      assert.match(String(base / 100n), /^[125]0*$/);
      assert.ok(base * 20n >= hidden && base * 8n <= hidden * 1n + 800n, `${base} of ${hidden}`);
    }),
  );
});

test('when one client holds more than the base, nothing is told of sums', () => {
  const even = Array.from({ length: 30 }, () => 100_00n);
  assert.notEqual(baseFor(partsOf(even)), null);
  assert.equal(baseFor(partsOf([...even, 500_00n])), null);
  fc.assert(
    fc.property(amounts, (hidden) => {
      const parts = partsOf(hidden);
      const base = baseFor(parts);
      assert.ok(base === null ? parts.largest * 20n > parts.hidden : parts.largest <= base);
    }),
  );
});

test('of what is told the difference of any two says of one client no more than nothing or the base', () => {
  fc.assert(
    fc.property(amounts, fc.nat(), (hidden, pick) => {
      const base = baseFor(partsOf(hidden));
      if (base === null) return;
      // A department, and the manager in it who has all of its clients but one.
      const one = pick % hidden.length;
      const department = tellSum(partsOf(hidden), base);
      const manager = tellSum(partsOf(hidden.filter((_, at) => at !== one)), base);
      if (department === null || manager === null) return;
      assert.ok([0n, base].includes(department - manager));
    }),
  );
});

test('own clients of whatever amount tip no sum of the others over', () => {
  fc.assert(
    fc.property(amounts, fc.array(fc.bigInt({ min: 0n, max: 10n ** 9n }), { maxLength: 5 }), (hidden, own) => {
      const seen = own.reduce((sum, amount) => sum + amount, 0n);
      const base = baseFor(partsOf(hidden));
      assert.equal(base, baseFor(partsOf(hidden, seen)));
      if (base === null) return;
      assert.equal((tellSum(partsOf(hidden, seen), base) ?? seen) - seen, tellSum(partsOf(hidden), base) ?? 0n);
    }),
  );
});

test('a sum to which fewer than five give something is not told, however many are counted', () => {
  const few = [...Array.from({ length: 20 }, () => 0n), ...Array.from({ length: smallestGroup - 1 }, () => 100n)];
  assert.equal(tellSum(partsOf(few), 100n), null);
  assert.equal(tellSum(partsOf([...few, 100n]), 100n), 500n);
});
