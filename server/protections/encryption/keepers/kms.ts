/**
 * A key of AWS KMS opens the key file (AWS KMS API Reference, Encrypt and Decrypt): a random opening key is encrypted by a key that never
 * leaves the service, with an encryption context that a key policy can demand and CloudTrail shows. Which key, stands in the file;
 * credentials come from a setting or a credential of systemd.
 */
import { randomBytes } from 'node:crypto';
import { LubartError, Secret } from '#kernel';
import { askOutside, readOutsideAddress } from '#outside';
import { signAwsRequest } from '../aws-signature.ts';
import { readCredential } from './credential.ts';
import type { Facts, Keeper, KeySources } from './keeper.ts';

export type KmsPlace = { address: string; key: string };
const kmsCredential = 'lubart-aws-key';
const context = { lubart: 'root key file' };
const keyForm = /^arn:aws[a-z-]*:kms:([a-z0-9-]+):\d{12}:key\/[a-zA-Z0-9-]{1,64}$/;
const waitMillisMax = 10_000;
const answerBytesMax = 65_536;
/** Errors of the service that another credential, or the owner of the key, mends. */
const denials =
  /^(AccessDenied|UnrecognizedClient|InvalidSignature|IncompleteSignature|InvalidClientTokenId|ExpiredToken|MissingAuthenticationToken|NotAuthorized|OptInRequired|RequestExpired|Disabled|KMSInvalidState)/;
const strangers = /^(InvalidCiphertext|IncorrectKey|InvalidKeyUsage|NotFound|InvalidArn|ValidationError|Validation)/;

/** `made`: the key by which a new opening key is to be encrypted. */
export function kmsKeeper(sources: KeySources, made?: KmsPlace, millis = waitMillisMax): Keeper {
  const ask = async (place: KmsPlace, action: 'Encrypt' | 'Decrypt', body: Record<string, string>) => {
    const given = { KeyId: place.key, EncryptionContext: context, ...body };
    const answer = await call(place, action, JSON.stringify(given), await readAwsKey(sources), millis);
    // Attack: whoever answers names another key than the one that was asked for.
    if (answer['KeyId'] !== place.key) throw refusal('start.keys_not_opened', { reason: 'another_key' });
    return answer;
  };
  return {
    open: async (facts) => {
      const { Plaintext } = await ask(requireKmsPlace(facts), 'Decrypt', { CiphertextBlob: String(facts['wrapped']) });
      const opening = Buffer.from(requireText(Plaintext), 'base64');
      if (opening.length !== 32) throw refusal('start.keys_not_opened', { reason: 'length' });
      return new Secret(opening);
    },
    make: async () => {
      const place = requireKmsPlace(made ?? {});
      const opening = new Secret(randomBytes(32));
      const { CiphertextBlob } = await ask(place, 'Encrypt', { Plaintext: opening.expose().toString('base64') });
      return { facts: { algorithm: 'aws-kms', ...place, wrapped: requireText(CiphertextBlob) }, opening };
    },
  };
}

/**
 * `arn:aws:kms:eu-central-1:111122223333:key/…`, after the address of an endpoint of one’s own where there is one: `https://…/arn:…`. No
 * alias: it can be pointed at another key. @throws start.keys_wrong
 */
export function readKmsPlace(text: string): KmsPlace {
  const [, own, key = ''] = /^(https?:\/\/[^/]+)?\/?(arn:.*)$/.exec(text) ?? [];
  const region = keyForm.exec(key)?.[1] ?? '';
  const domain = key.startsWith('arn:aws-cn:') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return requireKmsPlace({ address: own ?? `https://kms.${region}.${domain}`, key });
}

function requireKmsPlace({ address, key }: Facts | KmsPlace): KmsPlace {
  // Attack: what opens everything read off the network.
  const kept = readOutsideAddress(String(address));
  if (kept === undefined || new URL(kept).pathname !== '/' || !keyForm.test(String(key))) {
    throw refusal('start.keys_wrong', { reason: 'kms_address' });
  }
  return { address: kept, key: String(key) };
}

type AwsKey = { accessKey: string; secretKey: string; sessionToken?: string };

async function readAwsKey({ awsKey, credentialsFolder }: KeySources): Promise<AwsKey> {
  const given = awsKey?.expose() ?? (await readCredential(credentialsFolder, kmsCredential))?.toString('utf8').trim();
  const [, accessKey, secretKey, sessionToken] = /^(\w{4,128}):([^\s:]+)(?::([^\s:]+))?$/.exec(given ?? '') ?? [];
  if (accessKey === undefined || secretKey === undefined)
    throw refusal('start.keys_locked', { reason: 'aws_key_missing' });
  return { accessKey, secretKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
}

async function call(
  { address, key }: KmsPlace,
  action: 'Encrypt' | 'Decrypt',
  text: string,
  awsKey: AwsKey,
  millis: number,
): Promise<Record<string, unknown>> {
  const url = new URL(`${address}/`);
  const body = Buffer.from(text, 'utf8');
  const signer = { service: 'kms', region: keyForm.exec(key)![1]!, ...awsKey } as const;
  const named = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `TrentService.${action}` };
  const headers = signAwsRequest(signer, { method: 'POST', url, headers: named, body }, new Date());
  const answer = await askOutside(
    url.href,
    { method: 'POST', headers, body },
    { waitMillisMax: millis, answerBytesMax },
  );
  if (answer === 'unreachable') throw refusal('start.keys_keeper_down', { address, reason: answer });
  const said = readObject(answer.bytes);
  if (answer.status === 200 && said !== undefined) return said;
  const type = said?.['__type'];
  const reason = typeof type === 'string' ? type.replace(/^.*#/, '').slice(0, 60) : 'answer';
  const details = { address, status: answer.status, reason };
  if (answer.status >= 400 && answer.status < 500) {
    if (denials.test(reason)) throw refusal('start.keys_keeper_denied', details);
    if (strangers.test(reason)) throw refusal('start.keys_not_opened', details);
  }
  throw refusal('start.keys_keeper_down', details);
}

function readObject(bytes: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function requireText(value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw refusal('start.keys_keeper_down', { reason: 'answer' });
}

function refusal(
  code:
    | 'start.keys_locked'
    | 'start.keys_wrong'
    | 'start.keys_not_opened'
    | 'start.keys_keeper_down'
    | 'start.keys_keeper_denied',
  details: Record<string, string | number>,
): LubartError {
  return new LubartError(code, { field: 'LUBART_KEYS', details: { by: 'kms', ...details } });
}
