/** The transit engine of Vault as far as Lubart asks it: AppRole, encrypt, decrypt, and the ways in which it fails. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Secret } from '#kernel';
import type { Keeper } from './keeper.ts';
import { readVaultPlace, vaultKeeper } from './vault.ts';

type State = 'up' | 'sealed' | 'slow' | 'no json' | 'endless' | 'elsewhere' | 'other key' | 'encrypts only';
type Answer = { status: number; body: object };

export type Transit = {
  state: State;
  elsewhere: string;
  readonly token: string;
  keeper(): Keeper;
  close(): Promise<void>;
};

const errors = (status: number, ...said: string[]): Answer => ({ status, body: { errors: said } });

export async function openTransit(): Promise<Transit> {
  const keys = { right: randomBytes(32), other: randomBytes(32) };
  const token = `hvs.${randomBytes(12).toString('hex')}`;
  const server = createServer((request, response) => {
    void answer(request).then(({ status, body }) => {
      if (status === 307) response.setHeader('location', transit.elsewhere);
      response.writeHead(status, { 'content-type': 'application/json' });
      if (transit.state === 'endless') response.write(Buffer.alloc(200_000, 0x20));
      response.end(transit.state === 'no json' ? '<html>' : JSON.stringify(body));
    });
  });

  const answer = async (request: IncomingMessage): Promise<Answer> => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    if (transit.state === 'sealed') return errors(503, 'Vault is sealed');
    if (transit.state === 'elsewhere') return { status: 307, body: {} };
    if (transit.state === 'slow') await new Promise((resolve) => setTimeout(resolve, 800));
    const given = JSON.parse(Buffer.concat(parts).toString('utf8')) as Record<string, string>;
    if (request.method !== 'POST') return errors(405);
    if (request.url === '/v1/auth/approle/login') {
      const known = given['role_id'] === 'role' && given['secret_id'] === 'se:cret';
      return known
        ? { status: 200, body: { auth: { client_token: token } } }
        : errors(400, 'invalid role or secret ID');
    }
    if (request.headers['x-vault-token'] !== token) return errors(403, 'permission denied');
    if (request.url === '/v1/transit/encrypt/lubart') return encrypt(keys.right, given['plaintext']!);
    if (request.url !== '/v1/transit/decrypt/lubart') return errors(404);
    if (transit.state === 'encrypts only') return errors(403, 'permission denied');
    return decrypt(transit.state === 'other key' ? keys.other : keys.right, given['ciphertext']!);
  };

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const place = readVaultPlace(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/transit/keys/lubart`);
  const transit: Transit = {
    state: 'up',
    elsewhere: 'http://127.0.0.1:1/',
    token,
    keeper: () => vaultKeeper({ vaultToken: new Secret(token) }, place),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return transit;
}

function encrypt(key: Buffer, plaintext: string): Answer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const sealed = Buffer.concat([cipher.update(plaintext, 'base64'), cipher.final()]);
  const bytes = Buffer.concat([nonce, sealed, cipher.getAuthTag()]);
  return { status: 200, body: { data: { ciphertext: `vault:v1:${bytes.toString('base64')}`, key_version: 1 } } };
}

function decrypt(key: Buffer, ciphertext: string): Answer {
  try {
    const bytes = Buffer.from(/^vault:v1:(.+)$/.exec(ciphertext)![1]!, 'base64');
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12));
    decipher.setAuthTag(bytes.subarray(-16));
    const plain = Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]);
    return { status: 200, body: { data: { plaintext: plain.toString('base64') } } };
  } catch {
    return errors(400, 'cipher: message authentication failed');
  }
}
