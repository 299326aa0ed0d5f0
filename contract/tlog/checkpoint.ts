/** Checkpoints (C2SP tlog-checkpoint): the head of a tree as the text of a note, and proofs that travel as a file (C2SP tlog-proof). */
import { fromBase64, fromDecimal, toBase64 } from './bytes.ts';
import { hashBytes } from './tiles.ts';

export type TreeHead = { readonly origin: string; readonly size: number; readonly root: Uint8Array };

export const writeCheckpoint = ({ origin, size, root }: TreeHead): string => `${origin}\n${size}\n${toBase64(root)}\n`;

/** undefined: this is no head of a tree. Lines after the third are allowed and say nothing here. */
export function readCheckpoint(text: string): TreeHead | undefined {
  const [origin, sizeText, rootText, ...more] = text.split('\n');
  if (more.pop() !== '' || more.includes('') || origin === undefined || origin === '') return undefined;
  const size = fromDecimal(sizeText!);
  const root = readHash(rootText!);
  return size === undefined || root === undefined ? undefined : { origin, size, root };
}

export function readHash(text: string): Uint8Array | undefined {
  const bytes = fromBase64(text);
  return bytes?.length === hashBytes ? bytes : undefined;
}

/** An entry’s place in the log, proved. `extra` is not proved by anything. */
export type LogProof = {
  readonly extra: Uint8Array | null;
  readonly index: number;
  readonly hashes: readonly Uint8Array[];
  /** The signed checkpoint as it is. */
  readonly checkpoint: string;
};

const proofHeading = 'c2sp.org/tlog-proof@v1';
/** A tree deeper than this has more leaves than there can be. */
const hashesMax = 63;

export const writeProof = ({ extra, index, hashes, checkpoint }: LogProof): string =>
  [
    proofHeading,
    ...(extra === null ? [] : [`extra ${toBase64(extra)}`]),
    `index ${index}`,
    ...hashes.map(toBase64),
    '',
    checkpoint,
  ].join('\n');

/** undefined: this is no proof. */
export function readProof(text: string): LogProof | undefined {
  const cut = text.indexOf('\n\n');
  if (cut < 0) return undefined;
  const [heading, ...lines] = text.slice(0, cut).split('\n');
  if (heading !== proofHeading) return undefined;
  const extra = lines[0]?.startsWith('extra ') === true ? fromBase64(lines.shift()!.slice('extra '.length)) : null;
  const index = /^index (.*)$/.exec(lines.shift() ?? '')?.[1];
  const at = index === undefined ? undefined : fromDecimal(index);
  const hashes = lines.map(readHash);
  if (extra === undefined || at === undefined || hashes.length > hashesMax) return undefined;
  if (hashes.some((one) => one === undefined)) return undefined;
  return { extra, index: at, hashes: hashes as Uint8Array[], checkpoint: text.slice(cut + 2) };
}
