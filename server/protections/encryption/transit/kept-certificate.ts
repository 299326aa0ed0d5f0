/**
 * A certificate that Lubart gets by itself and keeps beside the root key, mode 600: asked for when there is none, and again when two
 * thirds of its time are over, a little earlier by chance, so that not everybody comes to the authority at one moment. When asking
 * fails the old one is served on, the next try waits longer each time or as long as the authority wishes, and the failure is loud.
 */
import type { KeyObject } from 'node:crypto';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '#kernel';
import { LubartError } from '#kernel';
import type { CertificateFiles } from './served-certificate.ts';

/** Gets a chain in PEM for this key. */
export type ObtainChain = (key: KeyObject, signal: AbortSignal) => Promise<string>;

export type KeptCertificate = {
  files: CertificateFiles;
  /** Gets one now if none stands or its time is nearly over. True when another one lies there. @throws what the authority said */
  keep(): Promise<boolean>;
  /** Looks by itself from now on. */
  start(): void;
  /** Code of the last failure; null while all is well. */
  failure(): string | null;
  close(): void;
};

export type KeptCertificateDeps = {
  /** Beside the root key. */
  folder: string;
  hostName: string;
  obtain: ObtainChain;
  clock: Clock;
  /** Told of every failure of a renewal. */
  failed(code: string): void;
  /** Told when a new certificate lies there. */
  renewed(): void;
};

const lookMillis = 3_600_000;
const waitMillisMax = 24 * 3_600_000;

export function openKeptCertificate(deps: KeptCertificateDeps): KeptCertificate {
  const { folder, hostName, obtain, clock, failed, renewed } = deps;
  const files = { certFile: join(folder, 'certificate.pem'), keyFile: join(folder, 'certificate.key') };
  const stopping = new AbortController();
  const early = Math.random() * 0.05;
  let failures = 0;
  let failure: string | null = null;
  let notBefore = 0;

  async function keep(): Promise<boolean> {
    const pem = await readFile(files.certFile, 'utf8').catch(() => null);
    if (pem !== null && !isDue(pem, hostName, clock.now(), early)) return false;
    const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const chain = await obtain(key, stopping.signal);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeWhole(files.keyFile, key.export({ type: 'pkcs8', format: 'pem' }));
    await writeWhole(files.certFile, chain);
    return true;
  }

  async function look(): Promise<void> {
    if (clock.now().getTime() < notBefore) return;
    try {
      if (await keep()) renewed();
      failures = 0;
      failure = null;
    } catch (error) {
      if (stopping.signal.aborted) return;
      failure = error instanceof LubartError ? error.code : 'acme.unreachable';
      const wished = error instanceof LubartError ? Number(error.details?.['retryAfterSeconds'] ?? 0) * 1000 : 0;
      notBefore = clock.now().getTime() + Math.min(Math.max(lookMillis * 2 ** failures++, wished), waitMillisMax);
      failed(failure);
    }
  }

  let looking: NodeJS.Timeout | undefined;
  return {
    files,
    keep,
    failure: () => failure,
    start: () => {
      looking = setInterval(() => void look(), lookMillis).unref();
    },
    close: () => {
      clearInterval(looking);
      stopping.abort();
    },
  };
}

/** Whether another certificate is to be asked for: not ours, for another name, or two thirds of its time are over. */
export function isDue(pem: string, hostName: string, now: Date, early = 0): boolean {
  try {
    const leaf = new X509Certificate(pem);
    const plain = hostName.replace(/^\[|\]$/g, '');
    if (leaf.checkHost(plain, { subject: 'never' }) === undefined && leaf.checkIP(plain) === undefined) return true;
    return now >= renewsAt(leaf.validFromDate, leaf.validToDate, early);
  } catch {
    return true;
  }
}

/** When two thirds of the time are over. */
export function renewsAt(notBefore: Date, notAfter: Date, early = 0): Date {
  const [from, until] = [notBefore.getTime(), notAfter.getTime()];
  return new Date(from + (until - from) * (2 / 3 - early));
}

/** Whoever reads meets the old file or the new one, never half of it. */
export async function writeWhole(file: string, text: string | Uint8Array): Promise<void> {
  await writeFile(`${file}.new`, text, { mode: 0o600, flush: true });
  await rename(`${file}.new`, file);
}
