/** Who we are to a receiver that asks (mutual TLS): a certificate that anybody may see and its key, which is sealed. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import type { ForwardClient, ForwardView } from '#contract';
import { endsSoon, LubartError } from '#kernel';

/**
 * The certificates alone. Files often hold the key beside them, and what is kept of a certificate is kept open. Empty: there is none.
 */
export const certificatesIn = (pem: string): string =>
  (pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).join('\n');

/** @throws forward.client_wrong */
export function readClient({ certificate: given, key }: ForwardClient, now: Date): ForwardClient {
  const certificate = certificatesIn(given);
  try {
    const read = new X509Certificate(certificate);
    if (read.checkPrivateKey(createPrivateKey(key)) && read.validToDate > now) {
      // What OpenSSL would refuse only when it is used: a weak key, a broken chain.
      createSecureContext({ cert: certificate, key });
      return { certificate, key: key.trim() };
    }
  } catch {
    // Neither a certificate nor a key, or a key behind a password.
  }
  throw new LubartError('forward.client_wrong', { field: 'client' });
}

export function describeClient(certificate: string | null, now: Date): ForwardView['client'] {
  if (certificate === null) return null;
  const { subject, validFromDate, validToDate, fingerprint256 } = new X509Certificate(certificate);
  return {
    subject: subject.replaceAll('\n', ', '),
    validUntil: validToDate.toISOString(),
    fingerprint: fingerprint256,
    time: timeLeft(validFromDate, validToDate, now),
  };
}

function timeLeft(from: Date, until: Date, now: Date): NonNullable<ForwardView['client']>['time'] {
  if (until <= now) return 'over';
  return endsSoon(from, until, now) ? 'ends_soon' : 'enough';
}
