/** Certificates of those who ask, for tests: an authority that a syslog server believes, and what it vouches for. */
import { objectId, octets, sequence, truth } from '../../encryption/transit/der.ts';
import { newKey, pemOfKey } from '../../encryption/transit/certificates.fixture.ts';
import { makeCertificate } from '../../encryption/transit/make-certificate.ts';

const day = 86_400_000;
const isAuthority = sequence(objectId('2.5.29.19'), truth(), octets(sequence(truth())));

export function makeClients(issuer = 'Test clients') {
  const issuerKey = newKey();
  const from = new Date(Date.now() - 40 * day);
  const certify = (subject: string, publicKey: typeof issuerKey, untilDays: number, extensions: Buffer[]) =>
    makeCertificate({
      subject,
      issuer,
      publicKey,
      issuerKey,
      extensions,
      notBefore: from,
      notAfter: new Date(Date.now() + untilDays * day),
    });
  return {
    pem: certify(issuer, issuerKey, 400, [isAuthority]),
    issue: (subject = 'lubart', untilDays = 90) => {
      const key = newKey();
      return { certificate: certify(subject, key, untilDays, []), key: pemOfKey(key) };
    },
  };
}
