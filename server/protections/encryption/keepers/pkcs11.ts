/**
 * A token opens the key file: a smart card, a USB key or a hardware module with a PKCS #11 library (OASIS PKCS #11 3.1). A random opening
 * key is encrypted for an RSA key of the token (RSAES-OAEP, RFC 8017 §7.1); the private half never leaves it. Whoever steals the disk of
 * the machine lacks the token, whoever steals the token lacks its PIN. Which library is loaded says the setting, never the key file:
 * whoever altered that file could else have code of theirs run.
 */
import { constants, createPublicKey, publicEncrypt, randomBytes } from 'node:crypto';
import { LubartError, Secret } from '#kernel';
import type { AskSecret, Facts, Keeper, KeySources } from './keeper.ts';
import type { GivenPin } from './token-pin.ts';
import { forgetRefused, held, readPin, refused, refuseSecondTry, rememberRefused } from './token-pin.ts';
import type { TokenPlace } from './token-place.ts';
import { requireTokenPlace, wrong } from './token-place.ts';
import type { TokenAnswer, TokenTool } from './token-tool.ts';
import { down, missing, openTokenTool } from './token-tool.ts';

/** By preference; many tokens know only the older one, which OAEP does not suffer from (it needs no collision resistance). */
const hashes = { sha256: ['SHA256', 'MGF1-SHA256'], sha1: ['SHA-1', 'MGF1-SHA1'] } as const;
type Hash = keyof typeof hashes;
const modulusBitsMin = 2_048;

/** `made`: the key for which a new opening key is to be encrypted. */
export function pkcs11Keeper(sources: KeySources, ask: AskSecret, made?: TokenPlace, millis?: number): Keeper {
  let given: Promise<GivenPin> | undefined;
  let wasRefused = false;
  const signedIn = async (tool: TokenTool, place: TokenPlace, more: readonly string[], input?: Buffer) => {
    // What was refused is not sent again, whoever asks.
    if (wasRefused) throw held('refused_before');
    const { pin, typed } = await (given ??= readPin(sources, ask, place.token));
    refuseSecondTry(sources, { pin, typed });
    const answer = await tool({
      arguments: ['--token-label', place.token, '--id', place.id, ...more],
      pin,
      ...(input === undefined ? {} : { input }),
    });
    const [, why] = /C_Login failed: rv = (CKR_[A-Z_]+)/.exec(answer.said) ?? [];
    if (why === undefined) {
      await forgetRefused(sources);
      return answer;
    }
    if (why === 'CKR_PIN_LOCKED') throw held('locked', { token: place.token });
    if (/^CKR_(DEVICE|TOKEN|SESSION|HOST)_/.test(why)) throw down(why);
    // Some libraries call a wrong PIN a general error: whatever is not surely something else counts as refused.
    wasRefused = true;
    await rememberRefused(sources);
    throw refused(sources, why);
  };

  const decrypt = async (tool: TokenTool, place: TokenPlace, hash: Hash, wrapped: Buffer) => {
    const [name, mask] = hashes[hash];
    const how = ['--decrypt', '--mechanism', 'RSA-PKCS-OAEP', '--hash-algorithm', name, '--mgf', mask];
    return signedIn(tool, place, how, wrapped);
  };

  const open = async (facts: Facts): Promise<Secret<Buffer>> => {
    const place = requireTokenPlace(facts);
    const hash = String(facts['hash']) as Hash;
    if (facts['algorithm'] !== 'rsa-oaep' || !Object.hasOwn(hashes, hash)) throw wrong('token_algorithm');
    const tool = await openTokenTool(sources.pkcs11Module, millis);
    await requireReady(tool, place.token);
    const answer = await decrypt(tool, place, hash, Buffer.from(String(facts['wrapped']), 'base64url'));
    return requireOpening(answer, place);
  };

  const make = async () => {
    const place = requireTokenPlace(made ?? {});
    const tool = await openTokenTool(sources.pkcs11Module, millis);
    await requireReady(tool, place.token);
    const answer = await signedIn(tool, place, ['--read-object', '--type', 'pubkey']);
    const key = readPublicKey(answer, place);
    const opening = new Secret(randomBytes(32));
    for (const hash of Object.keys(hashes) as Hash[]) {
      const padding = constants.RSA_PKCS1_OAEP_PADDING;
      const wrapped = publicEncrypt({ key, padding, oaepHash: hash }, opening.expose());
      const tried = await decrypt(tool, place, hash, wrapped);
      if (!tried.ok && /C_DecryptInit failed/.test(tried.said)) continue;
      requireOpening(tried, place);
      const facts = { algorithm: 'rsa-oaep', hash, ...place, wrapped: wrapped.toString('base64url') };
      return { facts, opening };
    }
    throw wrong('token_algorithm');
  };
  return { make, open };
}

/** Attack on oneself: the last try of a PIN is left to a human being with the token’s own tool. */
async function requireReady(tool: TokenTool, token: string): Promise<void> {
  const { ok, bytes, said } = await tool({ arguments: ['--list-token-slots'] });
  if (!ok) throw /load pkcs11 module/.test(said) ? missing('module_not_loaded') : down(codeOf({ said }));
  const slots = bytes.toString('utf8').split(/^Slot /m);
  const flags = slots
    .filter((slot) => fieldOf(slot, 'token label') === token)
    .map((slot) => fieldOf(slot, 'token flags') ?? '');
  if (flags.length === 0) throw missing('token_missing', { token });
  if (flags.some((one) => one.includes('user PIN locked'))) throw held('locked', { token });
  if (flags.some((one) => one.includes('final user PIN try'))) throw held('last_try', { token });
}

const fieldOf = (slot: string, name: string) => new RegExp(`^\\s*${name}\\s*:(.*)$`, 'm').exec(slot)?.[1]?.trim();

function readPublicKey({ ok, bytes, said }: TokenAnswer, { token, id }: TokenPlace) {
  if (!ok) throw /not found/.test(said) ? missing('key_missing', { token, id }) : down(codeOf({ said }));
  try {
    const key = createPublicKey({ key: bytes, format: 'der', type: 'spki' });
    const strong = (key.asymmetricKeyDetails?.modulusLength ?? 0) >= modulusBitsMin;
    if (key.asymmetricKeyType === 'rsa' && strong) return key;
  } catch {
    // not a key that we know: said below
  }
  throw wrong('token_key_kind');
}

function requireOpening({ ok, bytes, said }: TokenAnswer, { token, id }: TokenPlace): Secret<Buffer> {
  if (!ok && /key not found/.test(said)) throw missing('key_missing', { token, id });
  if (!ok && !/C_Decrypt/.test(said)) throw down(codeOf({ said }));
  if (ok && bytes.length === 32) return new Secret(bytes);
  throw new LubartError('start.keys_not_opened', {
    field: 'LUBART_KEYS',
    details: { by: 'pkcs11', token, reason: ok ? 'length' : codeOf({ said }) },
  });
}

/** Of what the tool said only the code of the standard: the rest is not ours to print. */
const codeOf = ({ said }: Pick<TokenAnswer, 'said'>) => /CKR_[A-Z_]+/.exec(said)?.[0] ?? 'tool_failed';
