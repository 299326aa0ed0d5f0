/** A single entry held against its proof (C2SP tlog-proof): its hash stands at that place under a head that the log signed. */
import { readCheckpoint, readProof } from './checkpoint.ts';
import type { Hash } from './merkle.ts';
import { leafHash, verifyInclusion } from './merkle.ts';
import type { NoteKey, Verify } from './note.ts';
import { readNote, signersOf } from './note.ts';

export type ProofVerdict =
  | {
      readonly holds: true;
      readonly index: number;
      readonly size: number;
      readonly origin: string;
      readonly witnesses: number;
    }
  | { readonly holds: false; readonly why: 'not_readable' | 'head_forged' | 'entry_not_in_log' };

/** `entry`: its exact bytes, or its leaf hash when the bytes are withheld. */
export function checkProof(
  { hash, verify, keys }: { hash: Hash; verify: Verify; keys: readonly NoteKey[] },
  proofText: string,
  entry: { bytes: Uint8Array } | { leaf: Uint8Array },
): ProofVerdict {
  const proof = readProof(proofText);
  const note = proof === undefined ? undefined : readNote(proof.checkpoint);
  const head = note === undefined ? undefined : readCheckpoint(note.text);
  if (proof === undefined || note === undefined || head === undefined) return { holds: false, why: 'not_readable' };
  const leaf = 'leaf' in entry ? entry.leaf : leafHash(hash, entry.bytes);
  let signed: ReturnType<typeof signersOf>;
  try {
    signed = signersOf(note, keys, verify);
  } catch {
    return { holds: false, why: 'head_forged' };
  }
  if (!signed.some(({ key }) => key.kind === 'log' && key.name === head.origin))
    return { holds: false, why: 'head_forged' };
  const { index, hashes } = proof;
  const stands = verifyInclusion(hash, { leaf, index, size: head.size, proof: hashes, root: head.root });
  if (!stands) return { holds: false, why: 'entry_not_in_log' };
  const witnesses = new Set(signed.filter(({ key }) => key.kind === 'witness').map(({ key }) => key.name)).size;
  return { holds: true, index, size: head.size, origin: head.origin, witnesses };
}
