/** Time stamps beside the heads that they are of, as lines of a file of evidence. Where they lie is not known here. */
import { evidenceLines } from '#contract/tlog';

export type StampedHeads = {
  /** The sizes of heads whose stamp covers something of this piece first, in order; `to` is behind its last entry. */
  ofPiece(from: number, to: number): Promise<number[]>;
  /** The same for single entries. */
  ofPlaces(places: readonly number[]): Promise<number[]>;
  at(size: number): Promise<{ note: string; stamp: Uint8Array }[]>;
};

export async function writeStamped(stamps: StampedHeads | undefined, size: number): Promise<string> {
  const found = (await stamps?.at(size)) ?? [];
  return found.map(({ note, stamp }) => evidenceLines.head(note) + evidenceLines.stamp(stamp)).join('');
}
