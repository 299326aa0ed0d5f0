/** What went wrong on the way to a receiver, in a word that says what to look at. */
import type { ForwardProblem } from '#contract';
import { ForbiddenAddress } from '#outside';
import { CutOff } from './dial-without-end.ts';

const ofCertificate =
  /^(ERR_TLS_|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|INVALID_CA|HOSTNAME_MISMATCH|ERR_SSL_.*CERT)/;

/** Alerts by which a server says that it does not want us (RFC 8446 §6.2). */
const ofOurs = /^ERR_SSL_.*ALERT.*(CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED|HANDSHAKE_FAILURE)/;

export function trouble(error: unknown): ForwardProblem {
  if (error instanceof ForbiddenAddress) return 'address_forbidden';
  if (error instanceof CutOff) return 'not_confirmed';
  const code = error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? '') : '';
  if (ofOurs.test(code)) return 'client_refused';
  return ofCertificate.test(code) ? 'certificate_wrong' : 'unreachable';
}
