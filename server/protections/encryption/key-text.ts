/**
 * What stands in the root key file: one line for each root key, the one that wraps first (two while it is rotated), and the lookup key
 * wrapped by it once the root key was rotated. Everything else is advice to whoever opens the file.
 */
import { LubartError, Secret } from '#kernel';

const rootLines = /^lubart-root-key-1 ([A-Za-z0-9_-]{43})\s*$/gm;
const lookingLine = /^lubart-lookup-key-1 ([A-Za-z0-9_-]+)\s*$/m;
export const lookingPlace = 'lookup-key';

/** @throws start.keys_wrong, start.keys_default */
export function readKeyText(text: string, file: string): { secrets: Secret<Buffer>[]; looking: Buffer | undefined } {
  const secrets = [...text.matchAll(rootLines)].map((match) => new Secret(Buffer.from(match[1]!, 'base64url')));
  const details = { file };
  if (secrets.length === 0 || secrets.length > 2)
    throw new LubartError('start.keys_wrong', { field: 'LUBART_KEYS', details });
  if (secrets.some(isGuessable)) throw new LubartError('start.keys_default', { field: 'LUBART_KEYS', details });
  const looking = lookingLine.exec(text);
  return { secrets, looking: looking === null ? undefined : Buffer.from(looking[1]!, 'base64url') };
}

export function writeKeyText(secrets: readonly Secret<Buffer>[], looking?: Buffer): string {
  return [
    ...secrets.map((secret) => `lubart-root-key-1 ${secret.expose().toString('base64url')}`),
    ...(looking === undefined ? [] : [`lubart-lookup-key-1 ${looking.toString('base64url')}`]),
    '# Without this file the data cannot be read. Keep a copy in another place, never beside the backups.',
    '',
  ].join('\n');
}

/** The key of the examples in the documents: 32 bytes that count upwards. */
const example = Buffer.from(Array.from({ length: 32 }, (_, at) => at));

/** Attack: a key that was copied from an example, or typed to get past the start; everybody has it. */
function isGuessable(secret: Secret<Buffer>): boolean {
  return secret.expose().equals(example) || new Set(secret.expose()).size < 8;
}
