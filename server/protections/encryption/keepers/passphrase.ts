/**
 * A passphrase opens the key file: Argon2id (RFC 9106 §4) makes the opening key of it. 256 MiB and three passes, for a start is rare
 * and a stolen file is tried for years. It is read from a file descriptor, from a credential of systemd, or typed where Lubart is
 * started from a terminal; never from an argument or the environment, which others on the machine can read.
 */
import { argon2, randomBytes } from 'node:crypto';
import { LubartError, Secret } from '#kernel';
import { readCredential } from './credential.ts';
import { readDescriptor } from './descriptor.ts';
import type { AskSecret, Facts, Keeper, KeySources } from './keeper.ts';

export type PassphraseCost = { memory: number; passes: number; lanes: number };
const usual: PassphraseCost = { memory: 262_144, passes: 3, lanes: 1 };
/** KiB. Attack: a file whose parameters were lowered, or raised until the machine has no memory left. */
const memoryBounds = [19_456, 1_048_576] as const;
const passesMax = 16;
const passphraseCharactersMin = 20;
const passphraseCredential = 'lubart-passphrase';

export function passphraseKeeper(sources: KeySources, ask: AskSecret, cost: PassphraseCost = usual): Keeper {
  const once = readOnce(sources, ask);
  return {
    make: async () => {
      const passphrase = await once();
      requireStrong(passphrase);
      const facts = { algorithm: 'argon2id', ...cost, salt: randomBytes(16).toString('base64url') };
      return { facts, opening: await derive(passphrase, facts) };
    },
    open: async (facts) => derive(await once(), facts),
  };
}

/** A descriptor can be read only once, and nobody likes to type twice. Kept as bytes: text would lie about where nobody wipes it. */
function readOnce(sources: KeySources, ask: AskSecret): () => Promise<Secret<Buffer>> {
  let given: Promise<Secret<Buffer>> | undefined;
  return () => (given ??= readPassphrase(sources, ask));
}

async function readPassphrase({ descriptor, credentialsFolder }: KeySources, ask: AskSecret): Promise<Secret<Buffer>> {
  const given =
    (descriptor === undefined ? undefined : await readDescriptor(descriptor)) ??
    (await readCredential(credentialsFolder, passphraseCredential))?.toString('utf8') ??
    (await ask?.('Passphrase of the Lubart keys / Парольна фраза ключів Lubart: '));
  const line = given?.split(/\r?\n/, 1)[0]!.normalize('NFC');
  if (line === undefined || line === '') throw locked('passphrase_missing');
  return new Secret(Buffer.from(line, 'utf8'));
}

const locked = (reason: string) => new LubartError('start.keys_locked', { field: 'LUBART_KEYS', details: { reason } });

function requireStrong(passphrase: Secret<Buffer>): void {
  const characters = [...passphrase.expose().toString('utf8')];
  if (characters.length >= passphraseCharactersMin && new Set(characters).size >= 8) return;
  throw new LubartError('key.passphrase_weak', { details: { least: passphraseCharactersMin } });
}

async function derive(passphrase: Secret<Buffer>, facts: Facts): Promise<Secret<Buffer>> {
  const { algorithm, memory, passes, lanes, salt } = facts as Record<string, unknown>;
  const within = (value: unknown, least: number, most: number) =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
  const nonce = Buffer.from(String(salt), 'base64url');
  const sound =
    algorithm === 'argon2id' &&
    within(memory, ...memoryBounds) &&
    within(passes, 1, passesMax) &&
    within(lanes, 1, 16) &&
    nonce.length === 16;
  if (!sound) {
    throw new LubartError('start.keys_wrong', { field: 'LUBART_KEYS', details: { reason: 'passphrase_parameters' } });
  }
  const parameters = {
    message: passphrase.expose(),
    nonce,
    memory: memory as number,
    passes: passes as number,
    parallelism: lanes as number,
    tagLength: 32,
  };
  return new Promise((resolve, reject) =>
    argon2('argon2id', parameters, (error, key) => (error === null ? resolve(new Secret(key)) : reject(error))),
  );
}
