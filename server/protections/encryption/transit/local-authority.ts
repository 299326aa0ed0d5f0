/**
 * An authority for an office without the internet. It vouches for one host name and nothing else (see make-certificate.ts); its key
 * lies beside the root key and is sealed under it. Devices trust it after its certificate was put on them once, and after the
 * fingerprint was compared.
 */
import type { KeyObject } from 'node:crypto';
import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '#kernel';
import { Secret } from '#kernel';
import type { ObtainChain } from './kept-certificate.ts';
import { writeWhole } from './kept-certificate.ts';
import { authorityExtensions, makeCertificate, serverExtensions } from './make-certificate.ts';

/** The little of the root key that is needed here. */
type Sealer = {
  wrap(key: Secret<Buffer>, belongsTo: string): Buffer;
  unwrap(wrapped: Buffer, belongsTo: string): Secret<Buffer>;
};

const day = 86_400_000;
/** There is no list of the revoked: what was stolen ends by itself (decision 0030). The next one comes after two thirds. */
const serverDays = 30;
const authorityDays = 3650;

/** Where the authority’s own certificate lies: the file that goes onto the devices. */
export const authorityFile = (folder: string, hostName: string) => join(folder, `local-ca-${fileName(hostName)}.crt`);
const fileName = (hostName: string) => hostName.replaceAll(/[^a-z0-9.-]/g, '_');

export function openLocalAuthority(root: Sealer, hostName: string, folder: string, clock: Clock): ObtainChain {
  return async (key) => {
    const { pem, issuerKey } = await openAuthority(root, hostName, folder, clock);
    const name = hostName.replace(/^\[|\]$/g, '');
    const now = clock.now().getTime();
    const until = Math.min(now + serverDays * day, new X509Certificate(pem).validToDate.getTime());
    const server = makeCertificate({
      subject: `Lubart (${name})`,
      issuer: authorityName(hostName),
      publicKey: key,
      issuerKey,
      notBefore: new Date(now - day / 24),
      notAfter: new Date(until),
      extensions: serverExtensions([name], key, issuerKey),
    });
    return server + pem;
  };
}

const authorityName = (hostName: string) => `Lubart CA (${hostName})`;

/** Made once for a host name; another name gets another authority, for this one could not vouch for it. */
async function openAuthority(root: Sealer, hostName: string, folder: string, clock: Clock) {
  const certFile = authorityFile(folder, hostName);
  const keyFile = `${certFile.slice(0, -4)}.sealed`;
  const place = `local-authority/${hostName}`;
  const pem = await readFile(certFile, 'utf8').catch(() => null);
  if (pem !== null) {
    const der = root.unwrap(await readFile(keyFile), place);
    return { pem, issuerKey: createPrivateKey({ key: der.expose(), type: 'pkcs8', format: 'der' }) };
  }
  const issuerKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const made = authorityCertificate(hostName, issuerKey, clock.now());
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeWhole(keyFile, root.wrap(new Secret(issuerKey.export({ type: 'pkcs8', format: 'der' })), place));
  await writeWhole(certFile, made);
  return { pem: made, issuerKey };
}

function authorityCertificate(hostName: string, issuerKey: KeyObject, now: Date): string {
  return makeCertificate({
    subject: authorityName(hostName),
    issuer: authorityName(hostName),
    publicKey: issuerKey,
    issuerKey,
    notBefore: new Date(now.getTime() - day / 24),
    notAfter: new Date(now.getTime() + authorityDays * day),
    extensions: authorityExtensions([hostName.replace(/^\[|\]$/g, '')], issuerKey),
  });
}
