/** A time stamping authority for tests: `openssl ts` behind HTTP, with a root and a certificate of its own (RFC 3161). */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';

export const opensslThere = isThere();

export type StampAuthority = {
  address: string;
  rootPem: string;
  /** The answer to a request, as the authority gives it. */
  reply(request: Buffer): Buffer;
  /** Answers this instead; undefined: honestly. */
  say: ((request: Buffer) => Buffer | number) | undefined;
  /** What `openssl ts -verify` says of a stamp of these bytes. */
  verify(stamp: Buffer, head: string): boolean;
};

const settings = (folder: string) => `
[req]
distinguished_name = name
prompt = no
[name]
CN = TSA
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
[stamps]
basicConstraints = critical,CA:FALSE
extendedKeyUsage = critical,timeStamping
[tsa]
default_tsa = own
[own]
serial = ${folder}/serial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = sha256
`;

export async function openStampAuthority(curve = 'prime256v1'): Promise<StampAuthority> {
  const folder = mkdtempSync(join(tmpdir(), 'lubart-tsa-'));
  const file = (name: string) => join(folder, name);
  const openssl = (...given: string[]) =>
    execFileSync('openssl', given, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  writeFileSync(file('tsa.cnf'), settings(folder));
  writeFileSync(file('serial'), '01\n');
  const key = curve === 'rsa' ? ['-newkey', 'rsa:2048'] : ['-newkey', 'ec', '-pkeyopt', `ec_paramgen_curve:${curve}`];
  const config = ['-config', file('tsa.cnf')];
  openssl(
    'req',
    '-x509',
    ...key,
    '-nodes',
    '-keyout',
    'root.key',
    '-out',
    'root.pem',
    '-subj',
    '/CN=Root',
    '-days',
    '30',
    ...config,
    '-extensions',
    'root',
  );
  openssl('req', ...key, '-nodes', '-keyout', 'tsa.key', '-out', 'tsa.csr', ...config);
  openssl(
    'x509',
    '-req',
    '-in',
    'tsa.csr',
    '-CA',
    'root.pem',
    '-CAkey',
    'root.key',
    '-CAcreateserial',
    '-out',
    'tsa.pem',
    '-days',
    '20',
    '-extfile',
    'tsa.cnf',
    '-extensions',
    'stamps',
  );
  const authority: StampAuthority = {
    address: '',
    rootPem: readFileSync(file('root.pem'), 'utf8'),
    say: undefined,
    reply: (request) => {
      writeFileSync(file('request.tsq'), request);
      openssl(
        'ts',
        '-reply',
        ...config,
        '-queryfile',
        'request.tsq',
        '-signer',
        'tsa.pem',
        '-inkey',
        'tsa.key',
        '-out',
        'answer.tsr',
      );
      return readFileSync(file('answer.tsr'));
    },
    verify: (stamp, head) => {
      writeFileSync(file('kept.tsr'), stamp);
      writeFileSync(file('head.txt'), head);
      try {
        openssl('ts', '-verify', '-in', 'kept.tsr', '-data', 'head.txt', '-CAfile', 'root.pem');
        return true;
      } catch {
        return false;
      }
    },
  };
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const answer = (authority.say ?? authority.reply)(Buffer.concat(pieces));
      const status = typeof answer === 'number' ? answer : 200;
      response.writeHead(status, { 'content-type': 'application/timestamp-reply' });
      response.end(typeof answer === 'number' ? '' : answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  after(() => server.close());
  authority.address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return authority;
}

function isThere(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
