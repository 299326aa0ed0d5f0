/**
 * AWS KMS as far as Lubart asks it: Encrypt and Decrypt over HTTP, with the signature (Signature Version 4) and its age really checked,
 * the encryption context bound, and the ways in which it fails.
 */
import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Secret } from '#kernel';
import type { Keeper } from './keeper.ts';
import { kmsKeeper, readKmsPlace } from './kms.ts';

type State =
  | 'up'
  | 'internal error'
  | 'throttled'
  | 'slow'
  | 'no json'
  | 'endless'
  | 'elsewhere'
  | 'disabled'
  | 'names another key'
  | 'encrypts only';
type Answer = { status: number; body: object };

export const region = 'eu-central-1';
export const kmsKey = `arn:aws:kms:${region}:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
export const otherKey = kmsKey.replace('1234abcd', '9876abcd');
const failed = (type: string, status = 400): Answer => ({ status, body: { __type: type, message: type } });

export type Kms = {
  state: State;
  elsewhere: string;
  readonly address: string;
  readonly awsKey: string;
  /** What was asked, as it arrived. */
  readonly heard: { action: string; body: Record<string, unknown>; headers: Record<string, string> }[];
  keeper(awsKey?: string, millis?: number): Keeper;
  close(): Promise<void>;
};

export async function openKms(sessionToken?: string): Promise<Kms> {
  const accessKey = 'AKIALUBART0000000001';
  const secretKey = randomBytes(30).toString('base64');
  const keys = new Map([kmsKey, otherKey].map((key) => [key, randomBytes(32)]));
  const server = createServer((request, response) => {
    void answer(request).then(async ({ status, body }) => {
      if (kms.state === 'slow') await new Promise((resolve) => setTimeout(resolve, 1_000));
      if (status === 307) response.setHeader('location', kms.elsewhere);
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
      if (kms.state === 'endless') response.write(Buffer.alloc(200_000, 0x20));
      response.end(kms.state === 'no json' ? '<html>' : JSON.stringify(body));
    });
  });

  const answer = async (request: IncomingMessage): Promise<Answer> => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const bytes = Buffer.concat(parts);
    if (kms.state === 'elsewhere') return { status: 307, body: {} };
    if (kms.state === 'internal error') return failed('KMSInternalException', 500);
    if (kms.state === 'throttled') return failed('ThrottlingException');
    const wrong = refuseSignature(request, bytes, { accessKey, secretKey, sessionToken });
    if (wrong !== undefined) return failed(wrong);
    const body = JSON.parse(bytes.toString('utf8')) as Record<string, unknown>;
    const action = String(request.headers['x-amz-target']).replace('TrentService.', '');
    kms.heard.push({ action, body, headers: request.headers as Record<string, string> });
    const key = keys.get(String(body['KeyId']));
    if (key === undefined) return failed('com.amazonaws.kms#NotFoundException');
    if (kms.state === 'disabled') return failed('DisabledException');
    if (kms.state === 'encrypts only' && action === 'Decrypt') return failed('AccessDeniedException');
    const bound = Buffer.from(JSON.stringify(body['EncryptionContext'] ?? {}));
    const KeyId = kms.state === 'names another key' ? otherKey : body['KeyId'];
    if (action === 'Encrypt')
      return { status: 200, body: { KeyId, ...encrypt(key, bound, String(body['Plaintext'])) } };
    if (action !== 'Decrypt') return failed('UnknownOperationException');
    const opened = decrypt(key, bound, String(body['CiphertextBlob']));
    return opened === undefined ? failed('InvalidCiphertextException') : { status: 200, body: { KeyId, ...opened } };
  };

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const given = [accessKey, secretKey, ...(sessionToken === undefined ? [] : [sessionToken])].join(':');
  const kms: Kms = {
    state: 'up',
    elsewhere: 'http://127.0.0.1:1/',
    address,
    awsKey: given,
    heard: [],
    keeper: (awsKey = given, millis = 3_000) =>
      kmsKeeper({ awsKey: new Secret(awsKey) }, readKmsPlace(`${address}/${kmsKey}`), millis),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return kms;
}

/** What AWS says of a request that is not signed as it should be; made anew from what arrived. */
function refuseSignature(
  { method, url, headers }: IncomingMessage,
  body: Buffer,
  known: { accessKey: string; secretKey: string; sessionToken: string | undefined },
): string | undefined {
  const form =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;
  const found = form.exec(headers.authorization ?? '');
  if (found === null) return 'MissingAuthenticationTokenException';
  const [, id, day, place, service, names, signature] = found;
  if (id !== known.accessKey) return 'UnrecognizedClientException';
  if (headers['x-amz-security-token'] !== known.sessionToken) return 'UnrecognizedClientException';
  const at = String(headers['x-amz-date']);
  const moment = at.replace(/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/, '$1-$2-$3T$4:$5:$6Z');
  if (!(Math.abs(Date.now() - Date.parse(moment)) < 300_000) || !at.startsWith(day!))
    return 'InvalidSignatureException';
  const listed = names!.split(';');
  const must = ['host', 'content-type', 'x-amz-date', 'x-amz-target'];
  if (place !== region || service !== 'kms' || must.some((name) => !listed.includes(name))) {
    return 'InvalidSignatureException';
  }
  const sha = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest('hex');
  const canonical = `${method}\n${url}\n\n${listed.map((name) => `${name}:${String(headers[name])}\n`).join('')}\n${names}\n${sha(body)}`;
  const scope = `${day}/${place}/${service}/aws4_request`;
  let key: Buffer = Buffer.from(`AWS4${known.secretKey}`);
  for (const part of scope.split('/')) key = createHmac('sha256', key).update(part).digest();
  const expected = createHmac('sha256', key)
    .update(`AWS4-HMAC-SHA256\n${at}\n${scope}\n${sha(canonical)}`)
    .digest('hex');
  return expected === signature ? undefined : 'InvalidSignatureException';
}

function encrypt(key: Buffer, bound: Buffer, plaintext: string) {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(bound);
  const sealed = Buffer.concat([cipher.update(plaintext, 'base64'), cipher.final()]);
  return { CiphertextBlob: Buffer.concat([nonce, sealed, cipher.getAuthTag()]).toString('base64') };
}

function decrypt(key: Buffer, bound: Buffer, blob: string) {
  try {
    const bytes = Buffer.from(blob, 'base64');
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12)).setAAD(bound);
    decipher.setAuthTag(bytes.subarray(-16));
    const plain = Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]);
    return { Plaintext: plain.toString('base64') };
  } catch {
    return undefined;
  }
}
