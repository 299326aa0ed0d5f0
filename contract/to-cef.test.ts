/** An event of the log as a line of CEF: what somebody typed ends no field and begins no other event. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EntryBody } from './entry-body.ts';
import { toCef } from './to-cef.ts';
import { toOcsf } from './to-ocsf.ts';

const entry: EntryBody = {
  v: 1,
  id: '018f0000-0000-7000-8000-00000000000a',
  at: '2026-11-26T20:15:00.123Z',
  organization: '018f0000-0000-7000-8000-00000000000b',
  level: 'security',
  event: 'sign-in.denied',
  outcome: 'refused',
  reason: 'sign-in.code_wrong',
  actor: { id: null, role: null, name: null },
  address: '203.0.113.7',
  device: 'Firefox, Linux',
  session: null,
  request: '018f0000-0000-7000-8000-00000000000d',
  subject: { kind: null, ids: [], count: 0 },
  facts: {},
  changes: null,
};
const line = (given: Partial<EntryBody> = {}, message?: string) =>
  toCef(toOcsf({ ...entry, ...given }, {}, message), '1.0');
/** Reads values as a collector does: a key begins after a space and ends before an equals sign that nothing escapes. */
const read = (text: string) => {
  const extension = text
    .split(/(?<!\\)\|/)
    .slice(7)
    .join('|');
  const found = extension.matchAll(/(?:^| )([A-Za-z0-9]+)=((?:\\.|[^\\=])*?)(?= [A-Za-z0-9]+=|$)/g);
  const plain = (value: string) => value.replaceAll(/\\(.)/g, (_, one: string) => ({ n: '\n', r: '\r' })[one] ?? one);
  return Object.fromEntries([...found].map(([, key, value]) => [key, plain(value!)]));
};

test('a refused sign-in is a line that a collector reads back', () => {
  assert.match(line(), /^CEF:0\|Lubart\|Lubart\|1\.0\|sign-in\.denied\|sign-in\.denied\|6\|/);
  const values = read(line());
  assert.deepEqual(
    [values['src'], values['outcome'], values['reason'], values['rt'], values['externalId']],
    ['203.0.113.7', 'Failure', 'sign-in.code_wrong', String(Date.parse(entry.at)), entry.id],
  );
});

test('what somebody typed ends no field, no header and no line', () => {
  const device = 'x\\ src=198.51.100.9\nCEF:0|Lubart|\r|y';
  const text = line({ device, reason: 'a=b' }, 'one|two\\three\nfour');
  assert.equal(text.split(/[\r\n\u2028]/).length, 1);
  assert.ok(text.includes('|one\\|two\\\\three four|'));
  const values = read(text);
  assert.equal(values['requestClientApplication'], device);
  assert.equal(values['reason'], 'a=b');
  assert.equal(values['src'], '203.0.113.7');
});

test('an address of IPv6 stands in its own field', () => {
  const values = read(line({ address: '2001:db8::7' }));
  assert.deepEqual([values['src'], values['c6a2']], [undefined, '2001:db8::7']);
});
