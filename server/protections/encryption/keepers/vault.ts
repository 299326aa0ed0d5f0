/**
 * The transit engine of Vault or OpenBao opens the key file: a random opening key is encrypted by a key that never leaves the service
 * (HTTP API, `POST /v1/transit/encrypt/:name` and `decrypt/:name`). Who steals the machine can be shut out there. The address and the
 * name of the key stand in the file; the token, or the role (AppRole), comes from the environment or a credential of systemd.
 */
import { randomBytes } from 'node:crypto';
import { LubartError, Secret } from '#kernel';
import { askOutside, readOutsideAddress } from '#outside';
import { readCredential } from './credential.ts';
import type { Facts, Keeper, KeySources } from './keeper.ts';

export type VaultPlace = { address: string; mount: string; name: string };
const vaultCredential = 'lubart-vault-token';
const answerMillisMax = 10_000;
const answerBytesMax = 65_536;

/** `made`: where a new opening key is to be encrypted. */
export function vaultKeeper(sources: KeySources, made?: VaultPlace, millis = answerMillisMax): Keeper {
  const call = (place: VaultPlace, path: string, token: string | undefined, body: object) =>
    callVault(place, path, token, body, millis);
  const tokenFor = async (place: VaultPlace): Promise<string> => {
    const token =
      sources.vaultToken?.expose() ??
      (await readCredential(sources.credentialsFolder, vaultCredential))?.toString('utf8').trim();
    if (token) return token;
    const { vaultRole } = sources;
    if (vaultRole === undefined) throw refusal('start.keys_locked', { reason: 'vault_token_missing' });
    const [role, secret] = vaultRole.expose().split(/:(.*)/s);
    const login = await call(place, 'auth/approle/login', undefined, { role_id: role, secret_id: secret });
    return requireText((login['auth'] as Record<string, unknown> | undefined)?.['client_token']);
  };
  const open = async (facts: Facts): Promise<Secret<Buffer>> => {
    const place = requirePlace(facts);
    const token = await tokenFor(place);
    const path = `${place.mount}/decrypt/${place.name}`;
    const { data } = await call(place, path, token, { ciphertext: String(facts['wrapped']) });
    const opening = Buffer.from(requireText((data as Record<string, unknown> | undefined)?.['plaintext']), 'base64');
    if (opening.length !== 32) throw refusal('start.keys_not_opened', { reason: 'length' });
    return new Secret(opening);
  };
  return {
    open,
    make: async () => {
      const place = requirePlace(made ?? {});
      const token = await tokenFor(place);
      const opening = new Secret(randomBytes(32));
      const plaintext = opening.expose().toString('base64');
      const { data } = await call(place, `${place.mount}/encrypt/${place.name}`, token, { plaintext });
      const wrapped = requireText((data as Record<string, unknown> | undefined)?.['ciphertext']);
      return { facts: { algorithm: 'vault-transit', ...place, wrapped }, opening };
    },
  };
}

/** `https://vault.example:8200/v1/transit/keys/lubart`. @throws start.keys_wrong */
export function readVaultPlace(text: string): VaultPlace {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const [, mount, name] = /^\/v1\/([\w-]+)\/keys\/([\w.-]+)$/.exec(url?.pathname ?? '') ?? [];
  return requirePlace({ address: url?.href.replace(/\/v1\/.*$/, '') ?? '', mount: mount ?? '', name: name ?? '' });
}

function requirePlace({ address, mount, name }: Facts | VaultPlace): VaultPlace {
  // Attack: the token, and with it the root key, read off the network.
  const kept = readOutsideAddress(String(address));
  const isOrigin = kept !== undefined && new URL(kept).pathname === '/';
  if (!isOrigin || !/^[\w-]+$/.test(String(mount)) || !/^[\w.-]+$/.test(String(name))) {
    throw refusal('start.keys_wrong', { reason: 'vault_address' });
  }
  return { address: kept, mount: String(mount), name: String(name) };
}

async function callVault(
  { address }: VaultPlace,
  path: string,
  token: string | undefined,
  body: object,
  millis: number,
): Promise<Record<string, unknown>> {
  const headers = { 'content-type': 'application/json', ...(token === undefined ? {} : { 'x-vault-token': token }) };
  const request = { method: 'POST', headers, body: JSON.stringify(body) } as const;
  const answer = await askOutside(`${address}/v1/${path}`, request, { waitMillisMax: millis, answerBytesMax });
  if (answer === 'unreachable') throw refusal('start.keys_keeper_down', { address, reason: answer });
  const { status, bytes } = answer;
  // 503: sealed or without a leader; 429, 472, 473: a standby; 400: the ciphertext is not of this key; 403: the token may not.
  if (status === 401 || status === 403) throw refusal('start.keys_keeper_denied', { address, status });
  if (status === 400 || status === 404) throw refusal('start.keys_not_opened', { address, status });
  if (status !== 200) throw refusal('start.keys_keeper_down', { address, status });
  try {
    return JSON.parse(bytes.toString('utf8')) as Record<string, unknown>;
  } catch (error) {
    throw refusal('start.keys_keeper_down', { address, reason: 'answer' }, error);
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
  cause?: unknown,
): LubartError {
  return new LubartError(code, { field: 'LUBART_KEYS', details: { by: 'vault', ...details }, cause });
}
