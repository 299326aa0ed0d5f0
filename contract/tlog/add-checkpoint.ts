/** What a log sends to a witness (C2SP tlog-witness, add-checkpoint): the size the witness knows, the proof from there, the new head. */
import { fromDecimal, toBase64 } from './bytes.ts';
import { readHash } from './checkpoint.ts';

export type AddCheckpoint = {
  readonly old: number;
  readonly proof: readonly Uint8Array[];
  /** The signed checkpoint as it is. */
  readonly checkpoint: string;
};

const hashesMax = 63;

export const writeAddCheckpoint = ({ old, proof, checkpoint }: AddCheckpoint): string =>
  [`old ${old}`, ...proof.map(toBase64), '', checkpoint].join('\n');

/** undefined: this is no such request. */
export function readAddCheckpoint(text: string): AddCheckpoint | undefined {
  const cut = text.indexOf('\n\n');
  if (cut < 0) return undefined;
  const [oldLine, ...lines] = text.slice(0, cut).split('\n');
  const old = fromDecimal(/^old (.*)$/.exec(oldLine!)?.[1] ?? '');
  const proof = lines.map(readHash);
  if (old === undefined || proof.length > hashesMax || proof.some((one) => one === undefined)) return undefined;
  return { old, proof: proof as Uint8Array[], checkpoint: text.slice(cut + 2) };
}
