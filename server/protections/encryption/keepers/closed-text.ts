/**
 * The closed key file: one line that says who opens it and by which parameters, one with what is sealed (AES-256-GCM; the first line,
 * as it is written, is its associated data). Whoever alters a parameter gets a file that does not open.
 */
import { keeperKinds } from '#contract';
import type { Secret } from '#kernel';
import { LubartError } from '#kernel';
import { open, seal } from '../seal.ts';
import type { Facts, KeeperKind } from './keeper.ts';

const form = /^lubart-closed-keys-1 (\{.*\})\n([A-Za-z0-9_-]+)\n/;

export type ClosedText = {
  by: Exclude<KeeperKind, 'file'>;
  facts: Facts;
  /** Fingerprints of the root keys inside, the one that wraps first. */
  keys: readonly string[];
  head: string;
  sealed: Buffer;
};

/** Undefined: the text is no closed file. @throws start.keys_wrong */
export function readClosed(text: string, file: string): ClosedText | undefined {
  if (!text.startsWith('lubart-closed-keys-1 ')) return undefined;
  const found = form.exec(text);
  try {
    const { by, keys, ...facts } = JSON.parse(found![1]!) as Record<string, unknown>;
    const kind = keeperKinds.find((one) => one === by);
    const plain = Object.values(facts).every((value) => typeof value === 'string' || typeof value === 'number');
    if (kind === undefined || kind === 'file' || !Array.isArray(keys) || !plain) throw new Error('form');
    const sealed = Buffer.from(found![2]!, 'base64url');
    return { by: kind, facts: facts as Facts, keys: keys.map(String), head: found![1]!, sealed };
  } catch (error) {
    throw new LubartError('start.keys_wrong', { field: 'LUBART_KEYS', details: { file }, cause: error });
  }
}

/** @throws start.keys_not_opened */
export function openClosed({ head, sealed, by }: ClosedText, opening: Secret<Buffer>, file: string): string {
  try {
    return open(opening.expose(), sealed, placeOf(head)).toString('utf8');
  } catch (error) {
    throw new LubartError('start.keys_not_opened', { field: 'LUBART_KEYS', details: { file, by }, cause: error });
  }
}

export function writeClosed(
  { by, facts, keys }: Pick<ClosedText, 'by' | 'facts' | 'keys'>,
  opening: Secret<Buffer>,
  text: string,
): string {
  const head = JSON.stringify({ by, ...facts, keys });
  return [
    `lubart-closed-keys-1 ${head}`,
    seal(opening.expose(), Buffer.from(text, 'utf8'), placeOf(head)).toString('base64url'),
    '# Without this file, and without what opens it, the data cannot be read. Keep copies in different places.',
    '',
  ].join('\n');
}

const placeOf = (head: string) => `closed-root-keys\0${head}`;
