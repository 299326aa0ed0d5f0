/** What is wrong with the certificate, in a word that says what somebody has to do. */
import type { CertificateTrouble } from '#contract';
import type { CertificateFacts } from './read-certificate.ts';

const day = 86_400_000;
const daysLeftMin = 14;

/** Two weeks before the end; of one that is good for weeks only, when a quarter of its time is left. */
export function endsSoon(
  { notBefore, notAfter }: Pick<CertificateFacts, 'notBefore' | 'notAfter'>,
  now: Date,
): boolean {
  const quarter = (notAfter.getTime() - notBefore.getTime()) / 4;
  return notAfter.getTime() - now.getTime() < Math.min(daysLeftMin * day, quarter);
}

export type CertificateState = {
  facts: CertificateFacts | null;
  /** Lubart renews it by itself. */
  isKept: boolean;
  /** Code of why a newer one is not served, or could not be got; null while all is well. */
  refused: string | null;
};

/** Null: nobody has to do anything. What Lubart renews by itself it renews long before its end, or says that it could not. */
export function troubleOf({ facts, isKept, refused }: CertificateState, now: Date): CertificateTrouble | null {
  if (refused === 'acme.unreachable') return 'authority_unreachable';
  if (refused?.startsWith('acme.') === true) return 'authority_refused';
  if (refused !== null) return 'files_refused';
  return facts !== null && !isKept && endsSoon(facts, now) ? 'ends_soon' : null;
}
