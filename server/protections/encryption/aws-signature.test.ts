import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AwsRequest, AwsSigner } from './aws-signature.ts';
import { signAwsRequest } from './aws-signature.ts';

const signatureOf = (
  signer: AwsSigner,
  at: string,
  method: AwsRequest['method'],
  address: string,
  headers: Record<string, string>,
  body = '',
) =>
  signAwsRequest(signer, { method, url: new URL(address), headers, body: Buffer.from(body) }, new Date(at))[
    'authorization'
  ]!.split('Signature=')[1];

test('a request to S3 is signed as the published examples are', () => {
  // “Authenticating Requests: Using the Authorization Header”, Amazon S3 API Reference.
  const signer = {
    service: 's3',
    region: 'us-east-1',
    accessKey: 'AKIAIOSFODNN7EXAMPLE',
    secretKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  } as const;
  const sign = signatureOf.bind(undefined, signer, '2013-05-24T00:00:00Z');
  const host = 'https://examplebucket.s3.amazonaws.com';
  assert.equal(
    sign('GET', `${host}/test.txt`, { range: 'bytes=0-9' }),
    'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  );
  assert.equal(
    sign(
      'PUT',
      `${host}/test%24file.text`,
      { date: 'Fri, 24 May 2013 00:00:00 GMT', 'x-amz-storage-class': 'REDUCED_REDUNDANCY' },
      'Welcome to Amazon S3.',
    ),
    '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
  );
  assert.equal(
    sign('GET', `${host}/?lifecycle`, {}),
    'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
  );
  assert.equal(
    sign('GET', `${host}/?max-keys=2&prefix=J`, {}),
    '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
  );
});

test('a request to another service is signed as the published test suite of version 4 says', () => {
  const signer = {
    service: 'service',
    region: 'us-east-1',
    accessKey: 'AKIDEXAMPLE',
    secretKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  } as const;
  const sign = signatureOf.bind(undefined, signer, '2015-08-30T12:36:00Z');
  const host = 'https://example.amazonaws.com/';
  assert.equal(sign('GET', host, {}), '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31');
  assert.equal(sign('POST', host, {}), '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b');
  assert.equal(
    sign('POST', host, { 'content-type': 'application/x-www-form-urlencoded' }, 'Param1=value1'),
    'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
  );
});
