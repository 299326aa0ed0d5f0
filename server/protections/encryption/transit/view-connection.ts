/** What stands of the connection, for the people who look after it. Nothing here is a secret: everybody who connects sees as much. */
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { CertificateTrouble, ConnectionViewValue } from '#contract';
import { renewsAt } from './kept-certificate.ts';
import { authorityFile } from './local-authority.ts';
import type { CertificateFacts } from './read-certificate.ts';
import type { RenewalFailure } from './renewal-failure.ts';
import { tlsRules } from './tls-rules.ts';

export type ConnectionState = {
  facts: CertificateFacts | null;
  /** Undefined: files of somebody’s own. */
  from: { kind: 'local' | 'acme'; folder: string } | undefined;
  hostName: string | null;
  trouble: CertificateTrouble | null;
  failure: RenewalFailure | null;
  hstsSeconds: number;
  database: ConnectionViewValue['database'];
};

export async function viewConnection(state: ConnectionState): Promise<ConnectionViewValue> {
  const { facts, from, hostName, trouble, failure, hstsSeconds, database } = state;
  if (facts === null) {
    const nothing = {
      certificate: null,
      renewsAt: null,
      trouble: null,
      renewal: null,
      hstsSeconds: null,
      authority: null,
    };
    return { way: 'none', ...nothing, versions: [], database };
  }
  const { names, issuer, fingerprint, chainComplete, notBefore, notAfter } = facts;
  const [since, until] = [notBefore.toISOString(), notAfter.toISOString()];
  return {
    way: from?.kind ?? 'files',
    certificate: { names, issuer, since, until, fingerprint, chainComplete },
    renewsAt: from === undefined ? null : renewsAt(notBefore, notAfter).toISOString(),
    trouble,
    renewal:
      failure === null ? null : { failsSince: failure.since.toISOString(), nextTryAt: failure.nextTryAt.toISOString() },
    versions: [tlsRules.maxVersion, tlsRules.minVersion],
    hstsSeconds,
    database,
    authority: from?.kind === 'local' ? await readAuthority(from.folder, hostName!) : null,
  };
}

async function readAuthority(folder: string, hostName: string): Promise<ConnectionViewValue['authority']> {
  const pem = await readFile(authorityFile(folder, hostName), 'utf8').catch(() => null);
  return pem === null ? null : { pem, fingerprint: new X509Certificate(pem).fingerprint256 };
}
