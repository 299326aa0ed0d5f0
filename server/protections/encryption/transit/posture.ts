/** What the connection proves about itself: by connecting to oneself, never by a setting that says so. */
import type { IncomingHttpHeaders } from 'node:http';
import { get as getPlain } from 'node:http';
import { get } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { connect } from 'node:tls';
import type { CertificateTrouble } from '#contract';
import { endsSoon } from '#kernel';
import type { PostureCheck } from '#protections/posture';
import type { CertificateFacts } from './read-certificate.ts';

export type TransitPostureDeps = {
  /** Where this process listens under TLS; null: it does not. */
  listening: () => { host: string; port: number } | null;
  /** The plain door; null: there is none. */
  plainDoor: () => { host: string; port: number } | null;
  /** The address people open. */
  origin: () => string;
  facts: () => Promise<CertificateFacts | null>;
  /** Why a newer certificate is not served or could not be got, or that nobody put a new one. */
  trouble: () => Promise<CertificateTrouble | null>;
  now: () => Date;
};

const waitMillisMax = 5_000;

export function transitPosture(deps: TransitPostureDeps): PostureCheck[] {
  return [
    {
      id: 'transit.old_versions_refused',
      protection: 4,
      promise: 'Where Lubart listens under TLS, old versions and weak ciphers are refused',
      run: async () => {
        const place = deps.listening();
        if (place === null) return { ok: true, evidence: { tls: false } };
        const weak = 'DEFAULT:@SECLEVEL=0';
        const [newest, old, plain] = await Promise.all([
          knock(place, {}),
          knock(place, { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: weak }),
          knock(place, { maxVersion: 'TLSv1.2', ciphers: 'AES128-SHA:AES256-SHA:AES128-GCM-SHA256:@SECLEVEL=0' }),
        ]);
        const evidence = { newest: newest ?? 'none', oldVersion: old ?? 'refused', weakCipher: plain ?? 'refused' };
        return { ok: newest === 'TLSv1.3' && old === null && plain === null, evidence };
      },
    },
    {
      id: 'transit.browsers_stay_on_tls',
      protection: 4,
      promise: 'Browsers are told to come back by TLS only, and the plain door leads to nowhere else',
      run: async () => {
        const place = deps.listening();
        if (place === null) return { ok: true, evidence: { tls: false } };
        const hsts = (await headersOf(place))['strict-transport-security'] ?? 'none';
        const door = deps.plainDoor();
        const location = door === null ? null : (await plainHeadersOf(door)).location;
        const astray = location !== null && location !== `${deps.origin()}/`;
        return { ok: hsts.startsWith('max-age=31536000') && !astray, evidence: { hsts, redirect: location ?? 'none' } };
      },
    },
    {
      id: 'transit.certificate_holds',
      protection: 4,
      promise: 'The certificate is not near its end, its chain is whole, and its renewal works',
      run: async () => {
        const facts = await deps.facts();
        if (facts === null) return { ok: true, evidence: { tls: false } };
        const daysLeft = Math.floor((facts.notAfter.getTime() - deps.now().getTime()) / 86_400_000);
        const { chainComplete } = facts;
        const trouble = await deps.trouble();
        const evidence = { daysLeft, chainComplete, trouble: trouble ?? 'none' };
        return {
          ok: !endsSoon(facts.notBefore, facts.notAfter, deps.now()) && chainComplete && trouble === null,
          evidence,
        };
      },
    },
  ];
}

/** The version that is agreed; null when nothing is. */
function knock(place: { host: string; port: number }, wish: object): Promise<string | null> {
  return new Promise((resolve) => {
    // Only what is offered is asked for here; who it is was judged before it was served.
    const socket: TLSSocket = connect({ ...place, ...wish, rejectUnauthorized: false, timeout: waitMillisMax }, () => {
      resolve(socket.getProtocol());
      socket.destroy();
    });
    for (const event of ['error', 'timeout', 'close'] as const) {
      socket.once(event, () => {
        resolve(null);
        socket.destroy();
      });
    }
  });
}

/** Attack: whoever answers slowly holds the check; it gives up. */
const patience = { timeout: waitMillisMax, agent: false } as const;

function headersOf(place: { host: string; port: number }): Promise<IncomingHttpHeaders> {
  return new Promise((resolve, reject) => {
    const asked = get({ ...place, ...patience, path: '/', headers: { host: 'localhost' }, rejectUnauthorized: false });
    asked.once('response', (answer) => resolve(answer.resume().headers));
    asked.once('timeout', () => asked.destroy()).once('error', reject);
  });
}

function plainHeadersOf(place: { host: string; port: number }): Promise<IncomingHttpHeaders> {
  return new Promise((resolve, reject) => {
    const asked = getPlain({ ...place, ...patience, path: '/', headers: { host: 'somewhere.else.example' } });
    asked.once('response', (answer) => resolve(answer.resume().headers));
    asked.once('timeout', () => asked.destroy()).once('error', reject);
  });
}
