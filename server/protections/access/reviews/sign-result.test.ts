/** The form that is signed and the signature, against the vectors of their standards. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Secret } from '#kernel';
import { canonicalJson } from './canonical-json.ts';
import { ed25519Sign, ed25519Verify } from '#protections/encryption';
import { readSignedFile, signedFile } from './sign-result.ts';

test('the example of RFC 8785 §3.2.2 comes out byte for byte', () => {
  const input = JSON.parse(
    String.raw`{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}`,
  );
  assert.equal(
    canonicalJson(input),
    String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
  );
});

test('names are sorted by UTF-16 code units, as in RFC 8785 §3.2.3', () => {
  const input = JSON.parse(
    String.raw`{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One","\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}`,
  );
  assert.deepEqual(Object.values(JSON.parse(canonicalJson(input)) as object).length, 7);
  const order = [...canonicalJson(input).matchAll(/:"([^"]+)"/g)].map((match) => match[1]);
  assert.deepEqual(order, [
    'Carriage Return',
    'One',
    'Control',
    'Latin Small Letter O With Diaeresis',
    'Euro Sign',
    'Emoji: Grinning Face',
    'Hebrew Letter Dalet With Dagesh',
  ]);
});

test('what is no JSON is refused', () => {
  for (const wrong of [Number.NaN, Infinity, '\ud800', { a: '\udc00' }, undefined, () => 1]) {
    assert.throws(() => canonicalJson(wrong as never), TypeError);
  }
});

test('the first vectors of RFC 8032 §7.1', () => {
  const vectors = [
    [
      '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
      'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
      '',
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
    ],
    [
      '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
      '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
      '72',
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    ],
  ].map((line) => line.map((hex) => Buffer.from(hex, 'hex')));
  for (const [seed, publicKey, message, signature] of vectors as [Buffer, Buffer, Buffer, Buffer][]) {
    assert.deepEqual(ed25519Sign(new Secret(seed), message), signature);
    assert.ok(ed25519Verify(publicKey, message, signature));
    assert.ok(!ed25519Verify(publicKey, Buffer.concat([message, Buffer.from([0])]), signature));
  }
});

test('a file that was written anew with other spaces is the same document; another word in it is not', () => {
  const seed = new Secret(Buffer.alloc(32, 7));
  const document = { rights: [{ person: 'Тарас', outcome: 'kept' }], form: 'x' };
  const signature = ed25519Sign(seed, Buffer.from(canonicalJson(document)));
  const publicKey = Buffer.alloc(32);
  const text = signedFile(document, { keyId: 'k', publicKey, signature });
  const spaced = readSignedFile(JSON.stringify(JSON.parse(text), null, 2))!;
  assert.equal(spaced.bytes.toString(), canonicalJson(document));
  assert.notEqual(readSignedFile(text.replace('kept', 'gone'))!.bytes.toString(), canonicalJson(document));
  for (const wrong of ['', '{}', 'null', '[]', '{"form":"lubart-signed-review/1"}'])
    assert.equal(readSignedFile(wrong), undefined);
});
