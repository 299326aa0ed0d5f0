/** What is wrong with the certificate, in a word that says what somebody has to do. */
import type { CertificateTrouble } from '#contract';
import { endsSoon } from '#kernel';
import type { CertificateFacts } from './read-certificate.ts';

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
  return facts !== null && !isKept && endsSoon(facts.notBefore, facts.notAfter, now) ? 'ends_soon' : null;
}
