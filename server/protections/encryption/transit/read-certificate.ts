/**
 * A certificate and its key, judged before anybody is served with them: they belong together, hold now, name the address people
 * open, and are strong enough. What would only fail in somebody’s browser fails here, with the way out in words.
 */
import type { KeyObject } from 'node:crypto';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { isIP } from 'node:net';
import { createSecureContext, rootCertificates } from 'node:tls';
import type { ErrorCode } from '#contract';
import { LubartError, Secret } from '#kernel';
import { tlsRules } from './tls-rules.ts';

export type CertificatePair = {
  cert: Buffer;
  key: Secret<Buffer>;
  facts: CertificateFacts;
};

/** What may be shown of a certificate; everybody who connects sees as much. */
export type CertificateFacts = {
  names: string[];
  issuer: string;
  notBefore: Date;
  notAfter: Date;
  /** SHA-256 over the whole certificate, as browsers show it. */
  fingerprint: string;
  /** False: an intermediate certificate is missing from the file, and some devices will not trust it. */
  chainComplete: boolean;
  selfSigned: boolean;
};

const rsaBitsMin = 2048;

/**
 * `hostName` is the name people open; null when none was set.
 * @throws start.certificate_*
 */
export async function readCertificate(
  { certFile, keyFile }: { certFile: string; keyFile: string },
  hostName: string | null,
  now: Date,
): Promise<CertificatePair> {
  await requirePrivate(keyFile);
  const cert = await read(certFile, 'LUBART_TLS_CERT');
  const key = await read(keyFile, 'LUBART_TLS_KEY');
  return judgePair({ cert, key }, { certFile, keyFile }, hostName, now);
}

/**
 * The same of what is not in its files yet; they are only named in a refusal.
 * @throws start.certificate_*
 */
export function judgePair(
  { cert, key }: { cert: Buffer; key: Buffer },
  { certFile, keyFile }: { certFile: string; keyFile: string },
  hostName: string | null,
  now: Date,
): CertificatePair {
  const chain = certificatesIn(cert, certFile);
  const leaf = chain[0]!;
  const privateKey = keyIn(key, keyFile);
  if (!leaf.checkPrivateKey(privateKey)) {
    throw refusal('start.certificate_key_mismatch', 'LUBART_TLS_KEY', { file: keyFile });
  }
  requireStrong(privateKey, cert, key, certFile);
  requireCurrent(leaf, certFile, now);
  if (hostName !== null && !namesHost(leaf, hostName)) {
    throw refusal('start.certificate_wrong_host', 'LUBART_TLS_CERT', { file: certFile, host: hostName });
  }
  return { cert, key: new Secret(key), facts: factsOf(chain) };
}

function refusal(code: ErrorCode, field: string, details: Record<string, string>): LubartError {
  return new LubartError(code, { field, details });
}

/** Attack: another account of this machine reads the key and listens in as this server. */
async function requirePrivate(file: string): Promise<void> {
  const found = await stat(file).catch(() => null);
  if (found === null || process.platform === 'win32') return; // reading says what is wrong
  // The group may read: Debian keeps keys as root:ssl-cert 640.
  if ((found.mode & 0o027) !== 0) {
    const details = { file, mode: (found.mode & 0o777).toString(8), wanted: '600' };
    throw refusal('start.certificate_key_mode', 'LUBART_TLS_KEY', details);
  }
}

async function read(file: string, field: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    const reason = String((error as NodeJS.ErrnoException).code);
    throw refusal('start.certificate_unreadable', field, { file, reason });
  }
}

const certificateForm = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** All certificates of a PEM file, the server’s own first. */
function certificatesIn(pem: Buffer, file: string): X509Certificate[] {
  try {
    const chain = [...pem.toString('latin1').matchAll(certificateForm)].map(([text]) => new X509Certificate(text));
    if (chain.length > 0) return chain;
  } catch {
    // said below
  }
  throw refusal('start.certificate_unreadable', 'LUBART_TLS_CERT', { file, reason: 'not_pem' });
}

function keyIn(pem: Buffer, file: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    const locked = /ENCRYPTED/.test(pem.toString('latin1'));
    const reason = locked ? 'has_a_passphrase' : 'not_pem';
    throw refusal('start.certificate_unreadable', 'LUBART_TLS_KEY', { file, reason });
  }
}

function requireStrong(key: KeyObject, cert: Buffer, pem: Buffer, file: string): void {
  const bits = key.asymmetricKeyType === 'rsa' ? (key.asymmetricKeyDetails?.modulusLength ?? 0) : rsaBitsMin;
  try {
    if (bits < rsaBitsMin) throw new Error('short');
    // OpenSSL’s own judgement: a signature by SHA-1, a curve that is too small.
    createSecureContext({ ...tlsRules, cert, key: pem });
  } catch {
    throw refusal('start.certificate_weak', 'LUBART_TLS_CERT', { file });
  }
}

function requireCurrent(leaf: X509Certificate, file: string, now: Date): void {
  if (leaf.validToDate <= now) {
    throw refusal('start.certificate_expired', 'LUBART_TLS_CERT', { file, until: leaf.validToDate.toISOString() });
  }
  if (leaf.validFromDate > now) {
    throw refusal('start.certificate_not_yet', 'LUBART_TLS_CERT', { file, from: leaf.validFromDate.toISOString() });
  }
}

/** By the names of RFC 6125 only; the common name is not looked at, as in every browser. */
function namesHost(leaf: X509Certificate, host: string): boolean {
  const plain = host.replace(/^\[|\]$/g, '');
  if (isIP(plain) !== 0) return leaf.checkIP(plain) !== undefined;
  return leaf.checkHost(plain, { subject: 'never' }) !== undefined;
}

function factsOf(chain: readonly X509Certificate[]): CertificateFacts {
  const leaf = chain[0]!;
  return {
    names: (leaf.subjectAltName ?? '').split(', ').map((name) => name.replace(/^(DNS|IP Address):/, '')),
    issuer: /^(?:O|CN)=(.*)$/m.exec(leaf.issuer)?.[1] ?? '',
    notBefore: leaf.validFromDate,
    notAfter: leaf.validToDate,
    fingerprint: leaf.fingerprint256,
    chainComplete: reachesRoot(chain),
    selfSigned: leaf.checkIssued(leaf) && leaf.verify(leaf.publicKey),
  };
}

/** From the first certificate upwards, each signed by the next, up to one that signed itself or is signed by a public root. */
function reachesRoot(chain: readonly X509Certificate[]): boolean {
  let current = chain[0]!;
  for (let steps = 0; steps < 10; steps++) {
    if (signedBy(current, current)) return true;
    const next = chain.find((one) => one !== current && signedBy(current, one));
    if (next === undefined) return publicRoots().some((root) => signedBy(current, root));
    current = next;
  }
  return false;
}

function signedBy(one: X509Certificate, issuer: X509Certificate): boolean {
  return one.checkIssued(issuer) && one.verify(issuer.publicKey);
}

let roots: X509Certificate[] | undefined;
const publicRoots = () => (roots ??= rootCertificates.map((pem) => new X509Certificate(pem)));
