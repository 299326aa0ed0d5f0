/**
 * A certificate that Lubart gets by itself and keeps beside the root key, mode 600: asked for when there is none that works, and again
 * when two thirds of its time are over, a little earlier by chance, so that not everybody comes to the authority at one moment.
 * Whatever goes wrong then, the one that works stays and is served: the authority is asked behind people’s backs, what it gives is
 * judged before it is put in the other’s place, and a kill in between is made good. The next try waits longer each time, or as long as
 * the authority wishes, also over a restart; and the failure is loud.
 */
import type { KeyObject } from 'node:crypto';
import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '#kernel';
import { LubartError } from '#kernel';
import { judgePair, readCertificate } from './read-certificate.ts';
import type { RenewalFailure } from './renewal-failure.ts';
import { failAgain, openFailureFile } from './renewal-failure.ts';
import type { CertificateFiles } from './served-certificate.ts';

/** Gets a chain in PEM for this key. */
export type ObtainChain = (key: KeyObject, signal: AbortSignal) => Promise<string>;

export type KeptCertificate = {
  files: CertificateFiles;
  /** Before anybody is served: gets one if none works. True when another one lies there. @throws what the authority said */
  keep(): Promise<boolean>;
  /** Renews when it is due and no pause is meant; a failure is told and thrown nowhere. */
  look(): Promise<void>;
  /** Looks by itself, now and from now on. */
  start(): void;
  /** The last failure; null while all is well. */
  failure(): RenewalFailure | null;
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

const lookMillis = 600_000;

export function openKeptCertificate(deps: KeptCertificateDeps): KeptCertificate {
  const { folder, hostName, obtain, clock, failed, renewed } = deps;
  const files = { certFile: join(folder, 'certificate.pem'), keyFile: join(folder, 'certificate.key') };
  const stopping = new AbortController();
  const early = Math.random() * 0.05;
  const kept = openFailureFile(join(folder, 'renewal.json'));
  let failure: RenewalFailure | null = null;
  let busy = false;

  /** What works: it would be served. */
  const standing = () => readCertificate(files, hostName, clock.now()).catch(() => null);

  async function obtainOne(): Promise<void> {
    const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const pair = {
      cert: Buffer.from(await obtain(key, stopping.signal)),
      key: Buffer.from(key.export({ type: 'pkcs8', format: 'pem' })),
    };
    requireOurs(pair);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await placePair(files, pair);
    await kept.forget();
    failure = null;
  }

  /** Attack: an authority that was taken over, or a proxy that speaks for it, puts rubbish in the place of what works. */
  function requireOurs(pair: { cert: Buffer; key: Buffer }): void {
    try {
      judgePair(pair, files, hostName, clock.now());
    } catch (cause) {
      throw new LubartError('acme.refused', { details: { reason: 'wrong_certificate' }, cause });
    }
  }

  async function look(): Promise<void> {
    if (busy) return;
    busy = true;
    try {
      failure ??= await kept.read(clock.now());
      const standsUntil = await standing();
      if (standsUntil !== null && !isDue(standsUntil.cert, hostName, clock.now(), early)) {
        failure = null;
        return await kept.forget();
      }
      if (failure !== null && clock.now() < failure.nextTryAt) return;
      await obtainOne();
      renewed();
    } catch (error) {
      if (stopping.signal.aborted) return;
      await noteFailure(error);
    } finally {
      busy = false;
    }
  }

  async function noteFailure(thrown: unknown): Promise<void> {
    const code = thrown instanceof LubartError ? thrown.code : 'acme.unreachable';
    const wished = thrown instanceof LubartError ? Number(thrown.details?.['retryAfterSeconds'] ?? 0) * 1000 : 0;
    const until = (await standing())?.facts.notAfter ?? clock.now();
    failure = failAgain(failure, { code, wished, until, now: clock.now() });
    await kept.write(failure).catch(() => {}); // a disk that is full keeps nobody from being told
    failed(code);
  }

  let looking: NodeJS.Timeout | undefined;
  return {
    files,
    keep: async () => {
      await finishPlacing(files);
      failure = await kept.read(clock.now());
      if ((await standing()) !== null) return false;
      await obtainOne();
      return true;
    },
    look,
    failure: () => failure,
    start: () => {
      void look();
      looking = setInterval(() => void look(), lookMillis).unref();
    },
    close: () => {
      clearInterval(looking);
      stopping.abort();
    },
  };
}

/** Whether another certificate is to be asked for: not ours, for another name, or two thirds of its time are over. */
export function isDue(pem: string | Buffer, hostName: string, now: Date, early = 0): boolean {
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

/** Two files are never put in place at one moment: both lie beside first, and the key goes last. */
async function placePair({ certFile, keyFile }: CertificateFiles, pair: { cert: Buffer; key: Buffer }): Promise<void> {
  await writeFile(`${keyFile}.new`, pair.key, { mode: 0o600, flush: true });
  await writeFile(`${certFile}.new`, pair.cert, { mode: 0o600, flush: true });
  await rename(`${certFile}.new`, certFile);
  await rename(`${keyFile}.new`, keyFile);
}

/** A kill between the two leaves a certificate whose key still lies beside. */
async function finishPlacing({ certFile, keyFile }: CertificateFiles): Promise<void> {
  try {
    const leaf = new X509Certificate(await readFile(certFile));
    const ours = leaf.checkPrivateKey(createPrivateKey(await readFile(`${keyFile}.new`)));
    if (ours) await rename(`${keyFile}.new`, keyFile);
  } catch {
    // Nothing lies beside, or nothing that fits.
  }
}

/** Whoever reads meets the old file or the new one, never half of it. */
export async function writeWhole(file: string, text: string | Uint8Array): Promise<void> {
  await writeFile(`${file}.new`, text, { mode: 0o600, flush: true });
  await rename(`${file}.new`, file);
}
