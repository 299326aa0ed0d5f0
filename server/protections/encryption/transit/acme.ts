/**
 * A certificate from an authority that asks nobody but this server (ACME, RFC 8555), by http-01: the authority fetches a proof from the
 * plain door. One conversation: account → order → proof for each name → request → certificate. Every message is signed (ES256) and
 * carries a nonce of the authority, so nothing can be replayed. What the authority answers is data, never an address that we did not
 * learn from it over TLS, and never longer than it need be.
 */
import type { KeyObject } from 'node:crypto';
import { createHash, createPublicKey, sign } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { LubartError } from '#kernel';
import { makeRequest } from './make-certificate.ts';

export type AcmeOrder = {
  /** The address at which an authority lists its services. */
  directory: string;
  names: readonly string[];
  /** Whom the authority may write to; undefined: nobody. */
  email: string | undefined;
  accountKey: KeyObject;
  certificateKey: KeyObject;
  /** Puts a proof where the authority looks for it; null takes it away. */
  publish(path: string, proof: string | null): void;
  signal: AbortSignal;
};

type Directory = { newNonce: string; newAccount: string; newOrder: string };
type Order = { status: string; authorizations: string[]; finalize: string; certificate?: string };
type Challenge = { type: string; url: string; token: string; status: string };
type Authorization = { status: string; identifier: { value: string }; challenges: Challenge[] };
type Reply = { status: number; headers: Headers; text: string };

const answerBytesMax = 262_144;
const waitMillisMax = 20_000;
/** Tries to see an order move on; between them the authority may ask for a longer pause. */
const looksMax = 40;
const tokenForm = /^[A-Za-z0-9_-]{16,256}$/;

/** The chain in PEM. @throws acme.refused, acme.unreachable */
export async function orderCertificate(order: AcmeOrder): Promise<string> {
  const { directory, names, accountKey, certificateKey, publish, signal } = order;
  const services = parse<Directory>(await fetchText(directory, { signal }));
  const say = openConversation(services.newNonce, accountKey, signal);
  const contact = order.email === undefined ? {} : { contact: [`mailto:${order.email}`] };
  const account = await say(services.newAccount, { termsOfServiceAgreed: true, ...contact }, null);
  const me = requireAddress(account.headers.get('location'), directory);

  const identifiers = names.map((value) => ({ type: 'dns', value }));
  const made = await say(services.newOrder, { identifiers }, me);
  const place = requireAddress(made.headers.get('location'), directory);
  const { authorizations, finalize } = parse<Order>(made);
  for (const address of authorizations) await prove(address);
  await say(finalize, { csr: makeRequest(names, certificateKey).toString('base64url') }, me);
  const { certificate } = await untilMoved<Order>(place, ['processing', 'ready', 'pending'], 'valid');
  if (certificate === undefined) throw refused('no_certificate');
  return (await say(certificate, null, me)).text;

  async function prove(address: string): Promise<void> {
    const { status, challenges } = parse<Authorization>(await say(address, null, me));
    if (status === 'valid') return;
    const challenge = challenges.find(({ type }) => type === 'http-01');
    if (challenge === undefined || !tokenForm.test(challenge.token)) throw refused('no_http_challenge');
    const path = `/.well-known/acme-challenge/${challenge.token}`;
    publish(path, `${challenge.token}.${thumbprint(accountKey)}`);
    try {
      await say(challenge.url, {}, me);
      await untilMoved(address, ['pending'], 'valid');
    } finally {
      publish(path, null);
    }
  }

  async function untilMoved<T extends { status: string }>(
    address: string,
    waiting: readonly string[],
    wished: string,
  ): Promise<T> {
    for (let looks = 0; looks < looksMax; looks++) {
      const reply = await say(address, null, me);
      const found = parse<T>(reply);
      if (found.status === wished) return found;
      if (!waiting.includes(found.status)) throw refused(problemOf(reply.text) ?? found.status);
      await sleep(Math.min(pauseMillis(reply.headers, 1) || 1000, 30_000), undefined, { signal });
    }
    throw refused('too_slow');
  }
}

type Say = (url: string, payload: object | null, account: string | null) => Promise<Reply>;

/** Signs each message; a nonce that was spent elsewhere is asked for once more (RFC 8555 §6.5). */
function openConversation(newNonce: string, key: KeyObject, signal: AbortSignal): Say {
  let nonce: string | null = null;
  return async (url, payload, account) => {
    for (let tries = 0; ; tries++) {
      nonce ??= (await fetchText(newNonce, { method: 'HEAD', signal })).headers.get('replay-nonce');
      if (nonce === null) throw refused('no_nonce');
      const from = account === null ? { jwk: publicJwk(key) } : { kid: account };
      const body = signMessage(key, { alg: 'ES256', nonce, url, ...from }, payload);
      const headers = { 'content-type': 'application/jose+json' };
      const reply = await fetchText(url, { method: 'POST', headers, body, signal });
      nonce = reply.headers.get('replay-nonce');
      if (reply.status < 400) return reply;
      const problem = problemOf(reply.text);
      if (problem === 'badNonce' && tries < 9) continue;
      throw refused(problem ?? String(reply.status), pauseMillis(reply.headers, 0));
    }
  };
}

/** A JWS in its flattened form (RFC 7515); no payload asks for what stands there. */
export function signMessage(key: KeyObject, heading: object, payload: object | null): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const said = { protected: part(heading), payload: payload === null ? '' : part(payload) };
  const bytes = Buffer.from(`${said.protected}.${said.payload}`);
  const signature = sign('sha256', bytes, { key, dsaEncoding: 'ieee-p1363' }).toString('base64url');
  return JSON.stringify({ ...said, signature });
}

/** The public half with its members in the order that RFC 7638 hashes. */
function publicJwk(key: KeyObject): Record<string, unknown> {
  const { crv, kty, x, y } = createPublicKey(key.export({ type: 'pkcs8', format: 'pem' })).export({ format: 'jwk' });
  return { crv, kty, x, y };
}

export function thumbprint(key: KeyObject): string {
  return createHash('sha256')
    .update(JSON.stringify(publicJwk(key)))
    .digest('base64url');
}

async function fetchText(url: string, given: RequestInit & { signal: AbortSignal }): Promise<Reply> {
  if (!url.startsWith('https://')) throw refused('not_https');
  const signal = AbortSignal.any([given.signal, AbortSignal.timeout(waitMillisMax)]);
  try {
    const answer = await fetch(url, {
      ...given,
      signal,
      redirect: 'error',
      headers: { 'user-agent': 'lubart', ...(given.headers as Record<string, string>) },
    });
    return { status: answer.status, headers: answer.headers, text: await readShort(answer) };
  } catch (error) {
    if (error instanceof LubartError) throw error;
    throw new LubartError('acme.unreachable', { cause: error });
  }
}

/** Attack: an answer without end fills the memory. */
async function readShort(answer: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of answer.body ?? []) {
    bytes += part.length;
    if (bytes > answerBytesMax) throw refused('too_long');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function parse<T>({ text, status }: Pick<Reply, 'text' | 'status'>): T {
  if (status >= 400) throw refused(problemOf(text) ?? String(status));
  try {
    return JSON.parse(text) as T;
  } catch {
    throw refused('not_json');
  }
}

/** `urn:ietf:params:acme:error:rateLimited` → `rateLimited`; the words of an authority are not repeated. */
function problemOf(text: string): string | undefined {
  return /"urn:ietf:params:acme:error:(\w{1,40})"/.exec(text)?.[1];
}

function requireAddress(address: string | null, directory: string): string {
  if (address === null) throw refused('no_location');
  return new URL(address, directory).href;
}

function pauseMillis(headers: Headers, fallbackSeconds: number): number {
  const said = headers.get('retry-after');
  const seconds =
    said === null ? fallbackSeconds : /^\d+$/.test(said) ? Number(said) : (Date.parse(said) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds * 1000) : fallbackSeconds * 1000;
}

function refused(reason: string, pause = 0): LubartError {
  return new LubartError('acme.refused', {
    details: { reason, ...(pause > 0 ? { retryAfterSeconds: Math.ceil(pause / 1000) } : {}) },
  });
}
