/** A stolen key of a local authority vouches for the office’s own names and for no other: OpenSSL itself says so. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { connect, createServer } from 'node:tls';
import { makeAuthority } from './certificates.fixture.ts';

/** Why a browser that trusts the authority would not take this server; null when it would. */
async function judge(pem: string, pair: { cert: string; key: string }): Promise<string | null> {
  const server = createServer(pair, (socket) => socket.on('error', () => {}).end());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const socket = connect({ port, host: '127.0.0.1', ca: pem, checkServerIdentity: () => undefined });
  const verdict = await new Promise<string | null>((resolve) => {
    socket.once('secureConnect', () => resolve(null));
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
  socket.destroy();
  server.close();
  return verdict;
}

for (const [title, own, others] of [
  ['a name and an address', ['crm.office', '10.0.0.5'], ['bank.example', '10.0.0.6', 'fd00::1', 'office']],
  ['a name alone', ['crm.office'], ['bank.example', '10.0.0.5', 'fd00::1']],
  ['an address alone', ['10.0.0.5'], ['bank.example', '10.0.0.6', 'fd00::1']],
  ['an address of version 6', ['fd00::5'], ['bank.example', '10.0.0.5', 'fd00::6']],
] as const) {
  test(`an authority of ${title} is believed for its own and for nothing else`, async () => {
    const authority = makeAuthority(own);
    assert.equal(await judge(authority.pem, authority.issue(own)), null);
    for (const other of others) {
      const verdict = await judge(authority.pem, authority.issue([other]));
      assert.match(String(verdict), /PERMITTED_VIOLATION|EXCLUDED_VIOLATION|UNSPECIFIED|INVALID_CA|violation/i, other);
    }
  });
}

test('what the authority signed cannot sign further', async () => {
  const authority = makeAuthority(['crm.office']);
  const { makeCertificate, serverExtensions } = await import('./make-certificate.ts');
  const { newKey, pemOfKey } = await import('./certificates.fixture.ts');
  const [middle, last] = [newKey(), newKey()];
  const server = authority.issue(['crm.office'], { key: middle });
  const cert = makeCertificate({
    subject: 'crm.office',
    issuer: 'crm.office',
    publicKey: last,
    issuerKey: middle,
    notBefore: new Date(Date.now() - 1000),
    notAfter: new Date(Date.now() + 86_400_000),
    extensions: serverExtensions(['crm.office'], last, middle),
  });
  assert.notEqual(await judge(authority.pem, { cert: cert + server.cert, key: pemOfKey(last) }), null);
});
