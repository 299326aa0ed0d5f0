/** Certificates for tests: an authority, and what it or somebody else vouches for. */
import type { KeyObject } from 'node:crypto';
import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { authorityExtensions, makeCertificate, serverExtensions } from './make-certificate.ts';

const day = 86_400_000;
export const newKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
export const pemOfKey = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' });

export type Authority = { pem: string; issue(names: readonly string[], more?: More): { cert: string; key: string } };
/** `key` may be the public half alone, as an authority is given it. */
type More = { from?: number; until?: number; key?: KeyObject };

export function makeAuthority(names: readonly string[] = ['localhost', '127.0.0.1'], subject = 'Test CA'): Authority {
  const issuerKey = newKey();
  const days = (count: number) => new Date(Date.now() + count * day);
  const pem = makeCertificate({
    subject,
    issuer: subject,
    publicKey: issuerKey,
    issuerKey,
    notBefore: days(-40),
    notAfter: days(400),
    extensions: authorityExtensions(names, issuerKey),
  });
  return {
    pem,
    issue: (wished, { from = -1, until = 90, key = newKey() } = {}) => ({
      cert: makeCertificate({
        subject: 'Test server',
        issuer: subject,
        publicKey: key,
        issuerKey,
        notBefore: days(from),
        notAfter: days(until),
        extensions: serverExtensions(wished, key, issuerKey),
      }),
      key: key.type === 'private' ? pemOfKey(key) : '',
    }),
  };
}

/** Writes a pair into a folder; the key is closed. */
export function writePair(folder: string, { cert, key }: { cert: string; key: string }, name = 'crm') {
  const files = { certFile: join(folder, `${name}.crt`), keyFile: join(folder, `${name}.key`) };
  writeFileSync(files.certFile, cert);
  writeFileSync(files.keyFile, key, { mode: 0o600 });
  chmodSync(files.keyFile, 0o600);
  return files;
}
