import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Hours } from '#contract';
import { isHourAllowed } from './hours.ts';
import { isNetworkAllowed, plainIp, readRange } from './networks.ts';

const asking = { roles: ['manager'], personId: 'p' };
const at = (hours: Hours, iso: string) =>
  isHourAllowed({ organization: hours, roles: [], people: [] }, asking, new Date(iso));

test('hours are those of the clock on the wall in Kyiv, in summer and in winter', () => {
  const office: Hours = { days: [1, 2, 3, 4, 5], from: '09:00', to: '18:00' };
  const table: [string, boolean][] = [
    ['2026-07-06T06:00:00Z', true], // Monday 09:00, summer
    ['2026-07-06T05:59:59Z', false],
    ['2026-11-02T06:59:59Z', false], // Monday 08:59, winter
    ['2026-11-02T07:00:00Z', true],
    ['2026-11-02T15:59:59Z', true],
    ['2026-11-02T16:00:00Z', false],
    ['2026-11-07T10:00:00Z', false], // Saturday
    ['2026-11-01T22:30:00Z', false], // Monday 00:30 in Kyiv, Sunday in London
  ];
  for (const [iso, expected] of table) assert.equal(at(office, iso), expected, iso);
});

test('in the night when the clock goes back the hour that is there twice is that hour both times', () => {
  const night: Hours = { days: [7], from: '03:00', to: '04:00' };
  const table: [string, boolean][] = [
    ['2026-10-24T23:59:59Z', false], // 02:59 summer time
    ['2026-10-25T00:00:00Z', true], // 03:00 summer time
    ['2026-10-25T01:00:00Z', true], // 03:00 winter time
    ['2026-10-25T02:00:00Z', false], // 04:00 winter time
    ['2026-03-29T00:59:59Z', false], // 02:59, and then it is 04:00
    ['2026-03-29T01:00:00Z', false],
  ];
  for (const [iso, expected] of table) assert.equal(at(night, iso), expected, iso);
});

test('hours over midnight belong to the day on which they begin', () => {
  const shift: Hours = { days: [5], from: '22:00', to: '06:00' };
  const table: [string, boolean][] = [
    ['2026-11-06T20:00:00Z', true], // Friday 22:00
    ['2026-11-07T03:59:00Z', true], // Saturday 05:59
    ['2026-11-07T04:00:00Z', false],
    ['2026-11-06T03:00:00Z', false], // Friday 05:00 would be Thursday’s
    ['2026-11-07T20:00:00Z', false],
  ];
  for (const [iso, expected] of table) assert.equal(at(shift, iso), expected, iso);
});

test('an address and a range are read in one form', () => {
  const addresses: [string, string][] = [
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::FFFF:C000:0207', '192.0.2.7'],
    ['0:0:0:0:0:ffff:c000:207', '192.0.2.7'],
    ['2001:DB8::1', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['unknown', 'unknown'],
  ];
  for (const [given, expected] of addresses) assert.equal(plainIp(given), expected, given);
  const ranges: [string, string][] = [
    [' 192.0.2.7 ', '192.0.2.7/32'],
    ['192.0.2.0/24', '192.0.2.0/24'],
    ['2001:db8::/32', '2001:db8::/32'],
    ['::ffff:192.0.2.0/120', '192.0.2.0/24'],
  ];
  for (const [given, expected] of ranges) assert.equal(readRange(given), expected, given);
});

test('an API key’s own list only narrows', () => {
  const place = { id: 'a', name: 'Офіс', ranges: ['192.0.2.0/24'] };
  const rules = { places: [place], organization: { anywhere: false, places: ['a'] }, roles: [], people: [] };
  const key = { ...asking, keyRanges: ['192.0.2.7/32', '203.0.113.0/24'] };
  assert.equal(isNetworkAllowed(rules, key, '192.0.2.7'), true);
  assert.equal(isNetworkAllowed(rules, key, '192.0.2.8'), false);
  assert.equal(isNetworkAllowed(rules, key, '203.0.113.5'), false, 'the organization’s list stands');
});
