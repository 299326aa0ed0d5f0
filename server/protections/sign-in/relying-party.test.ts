import assert from 'node:assert/strict';
import { test } from 'node:test';
import { relyingPartyOf } from './relying-party.ts';

test('a passkey is made for the name that people open, whatever port it has', () => {
  assert.deepEqual(relyingPartyOf('https://crm.vezha.example'), {
    id: 'crm.vezha.example',
    origin: 'https://crm.vezha.example',
  });
  assert.equal(relyingPartyOf('http://localhost:8780').id, 'localhost');
});

test('an address of figures is no name, however it is written', () => {
  // 0x7f.1 and 2130706433 are 127.0.0.1 to a browser, too.
  for (const host of ['192.0.2.7', '127.0.0.1:8780', '[::1]', '[2001:db8::7]:8443', '0x7f.1', '2130706433']) {
    assert.throws(() => relyingPartyOf(`https://${host}`), { code: 'passkey.needs_host_name' }, host);
  }
});
