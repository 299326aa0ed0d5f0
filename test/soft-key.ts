/**
 * A passkey made of software, for tests of the server alone: it makes and answers what a browser would pass on (WebAuthn Level 3,
 * §6.1 and §6.5), and can speak of its maker as a hardware key does, with certificates of the test’s own.
 */
import { execFileSync } from 'node:child_process';
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type Maker = { root: string; leaf: Buffer; key: string };
export type SoftKeyKind = { aaguid?: string; synced?: boolean; maker?: Maker; signsForItself?: boolean };

// oxlint-disable-next-line typescript/no-explicit-any -- options go through as JSON
type Options = any;

const sha256 = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest();
const flags = { present: 0x01, verified: 0x04, eligible: 0x08, backedUp: 0x10, attested: 0x40 };

export const noModel = '00000000-0000-0000-0000-000000000000';

export function makeSoftKey(origin: string, kind: SoftKeyKind = {}) {
  const { aaguid = noModel, synced = false, maker, signsForItself = false } = kind;
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const credentialId = randomBytes(32);
  let counter = 0;
  let handle: string | undefined;
  const clientData = (type: string, challenge: string) =>
    Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
  const head = (more: number) => {
    const bits = flags.present | flags.verified | (synced ? flags.eligible | flags.backedUp : 0) | more;
    const count = Buffer.alloc(4);
    count.writeUInt32BE(synced ? 0 : (counter += 1));
    return Buffer.concat([sha256(new URL(origin).hostname), Buffer.from([bits]), count]);
  };
  const answer = (response: object) => {
    const id = credentialId.toString('base64url');
    return { id, rawId: id, type: 'public-key', clientExtensionResults: {}, response };
  };
  return {
    id: credentialId.toString('base64url'),
    create: (options: Options) => {
      handle = options.user.id;
      const client = clientData('webauthn.create', options.challenge);
      const length = Buffer.alloc(2);
      length.writeUInt16BE(credentialId.length);
      const model = Buffer.from(aaguid.replaceAll('-', ''), 'hex');
      const authData = Buffer.concat([head(flags.attested), model, length, credentialId, coseKey(pair.publicKey)]);
      const signed = (key: KeyObject | string) => sign('sha256', Buffer.concat([authData, sha256(client)]), key);
      const statement =
        maker !== undefined
          ? new Map<string, Cbor>([
              ['alg', -7],
              ['sig', signed(maker.key)],
              ['x5c', [maker.leaf]],
            ])
          : signsForItself
            ? new Map<string, Cbor>([
                ['alg', -7],
                ['sig', signed(pair.privateKey)],
              ])
            : new Map<string, Cbor>();
      const fmt = maker !== undefined || signsForItself ? 'packed' : 'none';
      const object = cbor(
        new Map<string, Cbor>([
          ['fmt', fmt],
          ['attStmt', statement],
          ['authData', authData],
        ]),
      );
      return answer({
        clientDataJSON: client.toString('base64url'),
        attestationObject: object.toString('base64url'),
      });
    },
    get: (options: Options) => {
      const client = clientData('webauthn.get', options.challenge);
      const authenticatorData = head(0);
      const signature = sign('sha256', Buffer.concat([authenticatorData, sha256(client)]), pair.privateKey);
      return answer({
        clientDataJSON: client.toString('base64url'),
        authenticatorData: authenticatorData.toString('base64url'),
        signature: signature.toString('base64url'),
        userHandle: handle,
      });
    },
  };
}
export type SoftKey = ReturnType<typeof makeSoftKey>;

/** A maker of keys: a root certificate, and a certificate for its keys of this model (WebAuthn §8.2.1). */
export function makeMaker(folder: string, name: string, aaguid: string): Maker {
  const at = (file: string) => join(folder, `${name}-${file}`);
  const run = (...given: string[]) => execFileSync('openssl', given, { stdio: 'pipe' });
  const model = aaguid.replaceAll('-', '').match(/../g)!.join(':');
  writeFileSync(
    at('ext'),
    `basicConstraints=critical,CA:FALSE\n1.3.6.1.4.1.45724.1.1.4=DER:04:10:${model}\nkeyUsage=digitalSignature\n`,
  );
  const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  run(
    'req',
    '-x509',
    ...ec,
    '-keyout',
    at('ca.key'),
    '-out',
    at('ca.pem'),
    '-days',
    '30',
    '-subj',
    `/C=UA/O=${name}/CN=Root`,
  );
  const subject = `/C=UA/O=${name}/OU=Authenticator Attestation/CN=${name} key`;
  run('req', '-new', ...ec, '-keyout', at('leaf.key'), '-out', at('leaf.csr'), '-subj', subject);
  const signing = [
    '-CA',
    at('ca.pem'),
    '-CAkey',
    at('ca.key'),
    '-CAcreateserial',
    '-days',
    '30',
    '-extfile',
    at('ext'),
  ];
  run('x509', '-req', '-in', at('leaf.csr'), ...signing, '-outform', 'DER', '-out', at('leaf.der'));
  return {
    root: readFileSync(at('ca.pem'), 'utf8'),
    leaf: readFileSync(at('leaf.der')),
    key: readFileSync(at('leaf.key'), 'utf8'),
  };
}

/** COSE_Key of an ES256 key (RFC 9053 §7.1.1). */
function coseKey(key: KeyObject): Buffer {
  const { x, y } = key.export({ format: 'jwk' });
  const point = (part: string | undefined) => Buffer.from(part!, 'base64url');
  return cbor(
    new Map<number, Cbor>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, point(x)],
      [-3, point(y)],
    ]),
  );
}

type Cbor = number | string | Buffer | Cbor[] | Map<string | number, Cbor>;

/** As much of CBOR (RFC 8949) as the above needs. */
function cbor(value: Cbor): Buffer {
  if (typeof value === 'number') return value >= 0 ? cborHead(0, value) : cborHead(1, -1 - value);
  if (typeof value === 'string') return Buffer.concat([cborHead(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (Buffer.isBuffer(value)) return Buffer.concat([cborHead(2, value.length), value]);
  if (Array.isArray(value)) return Buffer.concat([cborHead(4, value.length), ...value.map(cbor)]);
  const pairs = [...value].flatMap(([key, one]) => [cbor(key), cbor(one)]);
  return Buffer.concat([cborHead(5, value.size), ...pairs]);
}

function cborHead(major: number, length: number): Buffer {
  const top = major << 5;
  if (length < 24) return Buffer.from([top | length]);
  if (length < 256) return Buffer.from([top | 24, length]);
  return Buffer.from([top | 25, length >> 8, length & 0xff]);
}
