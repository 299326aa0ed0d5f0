import assert from 'node:assert/strict';
import { test } from 'node:test';
import { beginningOfNetwork, networkOf } from './network.ts';

test('the network of an address', () => {
  const table: [string, string][] = [
    ['192.0.2.7', '192.0.2.0/24'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002::6', '2001:db8:1:2::/64'],
    ['2001:db8::6', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ];
  for (const [address, expected] of table) assert.equal(networkOf(address), expected, address);
});

test('neighbours are told by the beginning of their address; what is shortened there stands for itself', () => {
  assert.equal(beginningOfNetwork('198.51.100.9'), '198.51.100.');
  assert.equal(beginningOfNetwork('2001:db8:0:1:9::5'), '2001:db8:0:1:');
  assert.equal(beginningOfNetwork('2001:db8::5'), undefined);
  assert.equal(beginningOfNetwork('::1'), undefined);
});
