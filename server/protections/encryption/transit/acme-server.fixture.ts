/** An authority (ACME, RFC 8555) that can be in any mood. Names it knows are proved already: what it gives is what is tested with it. */
import type { KeyObject } from 'node:crypto';
import { createPublicKey } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { Authority } from './certificates.fixture.ts';
import { makeAuthority, newKey } from './certificates.fixture.ts';

/** `fine`, or what it does instead. */
export type Mood =
  | 'fine'
  | 'rate_limited'
  | 'broken'
  | 'not_json'
  | 'endless'
  | 'elsewhere'
  | 'hangs_up'
  | 'other_key'
  | 'other_name'
  | 'expired'
  | 'rubbish';

export type AcmeServer = {
  directory: string;
  mood: Mood;
  /** Orders that came. */
  orders: number;
  close(): Promise<void>;
};

/** Gives certificates for `host` by `authority`; whoever runs this test believes that it is who it is. */
export async function openAcmeServer(authority: Authority, host: string): Promise<AcmeServer> {
  const own = makeAuthority(['localhost'], 'CA of the ACME server');
  setDefaultCACertificates([...getCACertificates('default'), own.pem]);
  let wanted: KeyObject = newKey();
  const server = createServer(own.issue(['localhost']));
  const state: AcmeServer = {
    directory: '',
    mood: 'fine',
    orders: 0,
    close: () => new Promise((resolve) => (server.closeAllConnections(), server.close(() => resolve()))),
  };
  const give = (): string => {
    if (state.mood === 'rubbish') return 'щось, але не сертифікат';
    const name = state.mood === 'other_name' ? 'inshe.example' : host;
    const key = state.mood === 'other_key' ? newKey() : wanted;
    const time = state.mood === 'expired' ? { from: -90, until: -1 } : { from: -1, until: 89 };
    return authority.issue([name], { key, ...time }).cert;
  };
  server.on('request', (request: IncomingMessage, answer: ServerResponse) => {
    void answerOne(request, answer);
  });
  async function answerOne(request: IncomingMessage, answer: ServerResponse): Promise<void> {
    const here = state.directory.replace('/dir', '');
    let body = '';
    for await (const part of request) body += String(part);
    const say = (status: number, value: object | string, headers: Record<string, string> = {}) => {
      answer.writeHead(status, { 'replay-nonce': 'a-nonce', ...headers });
      answer.end(typeof value === 'string' ? value : JSON.stringify(value));
    };
    const path = request.url!;
    if (path === '/order') state.orders += 1;
    if (path === '/order' && state.mood !== 'fine') {
      if (state.mood === 'rate_limited')
        return say(429, { type: 'urn:ietf:params:acme:error:rateLimited' }, { 'retry-after': '18000' });
      if (state.mood === 'broken') return say(500, 'oops');
      if (state.mood === 'not_json') return say(201, '<html>', { location: `${here}/order/1` });
      if (state.mood === 'endless') return say(201, 'x'.repeat(400_000), { location: `${here}/order/1` });
      if (state.mood === 'elsewhere') return say(302, '', { location: 'https://example.com/order' });
      if (state.mood === 'hangs_up') return void request.socket.destroy();
    }
    if (path === '/finalize') wanted = keyOf(body);
    const answers: Record<string, () => void> = {
      '/dir': () => say(200, { newNonce: `${here}/nonce`, newAccount: `${here}/account`, newOrder: `${here}/order` }),
      '/nonce': () => say(200, ''),
      '/account': () => say(201, {}, { location: `${here}/account/1` }),
      '/order': () => say(201, order('ready'), { location: `${here}/order/1` }),
      '/authorization': () => say(200, { status: 'valid', identifier: { value: host }, challenges: [] }),
      '/finalize': () => say(200, order('processing')),
      '/order/1': () => say(200, { ...order('valid'), certificate: `${here}/certificate` }),
      '/certificate': () => say(200, give()),
    };
    const order = (status: string) => ({
      status,
      authorizations: [`${here}/authorization`],
      finalize: `${here}/finalize`,
    });
    (answers[path] ?? (() => say(404, {})))();
  }
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  state.directory = `https://localhost:${(server.address() as AddressInfo).port}/dir`;
  return state;
}

/** The key in a request for a certificate: P-256 is written in one way only. */
function keyOf(message: string): KeyObject {
  const { payload } = JSON.parse(message) as { payload: string };
  const { csr } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { csr: string };
  const request = Buffer.from(csr, 'base64url');
  const heading = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d030107034200', 'hex');
  const at = request.indexOf(heading);
  const key = request.subarray(at, at + heading.length + 65);
  return createPublicKey({ key, type: 'spki', format: 'der' });
}
