import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signRequest } from './sign-request.ts';

/** “Authenticating Requests: Using the Authorization Header”, Amazon S3 API Reference. */
const example = {
  region: 'us-east-1',
  accessKey: 'AKIAIOSFODNN7EXAMPLE',
  secretKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};
const at = new Date('2013-05-24T00:00:00Z');
const signatureOf = (method: 'GET' | 'PUT', address: string, headers: Record<string, string>, body = '') =>
  signRequest(example, { method, url: new URL(address), headers, body: Buffer.from(body) }, at)['authorization']!.split(
    'Signature=',
  )[1];

test('a request to S3 is signed as the published examples are', () => {
  const host = 'https://examplebucket.s3.amazonaws.com';
  assert.equal(
    signatureOf('GET', `${host}/test.txt`, { range: 'bytes=0-9' }),
    'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  );
  assert.equal(
    signatureOf(
      'PUT',
      `${host}/test%24file.text`,
      { date: 'Fri, 24 May 2013 00:00:00 GMT', 'x-amz-storage-class': 'REDUCED_REDUNDANCY' },
      'Welcome to Amazon S3.',
    ),
    '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
  );
  assert.equal(
    signatureOf('GET', `${host}/?lifecycle`, {}),
    'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
  );
  assert.equal(
    signatureOf('GET', `${host}/?max-keys=2&prefix=J`, {}),
    '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
  );
});
