/**
 * A head that was kept outside, held against the log as it is now. Whoever cut the log, rewrote it or brought it back from a copy can
 * sign anything here, but the head that lies elsewhere does not change with it: it is longer than the log, or of another history.
 */
import type { HeadVerdict } from '#contract';
import type { NoteKey } from '#contract/tlog';
import { readCheckpoint, readNote, signersOf, verifyConsistency } from '#contract/tlog';
import type { Database } from '#database';
import { logHash, newestHead, proveGrowth } from '#protections/audit-log/tree';
import { ed25519Verify, systemReach } from '#protections/encryption';

export type CheckedHead = { verdict: HeadVerdict; size: number | null; newestSize: number };

export async function checkHead(
  { database, key }: { database: Database; key: NoteKey },
  organizationId: string,
  pasted: string,
): Promise<CheckedHead> {
  const newest = await database.read(systemReach(organizationId), (tx) => newestHead(tx, organizationId));
  const newestSize = newest?.size ?? 0;
  const note = readNote(cleanHead(pasted));
  const head = note === undefined ? undefined : readCheckpoint(note.text);
  const say = (verdict: HeadVerdict) => ({ verdict, size: head?.size ?? null, newestSize });
  if (note === undefined || head === undefined) return say('unreadable');
  if (head.origin !== key.name) return say('other_log');
  // Attack: a head that this log never signed, shown to raise a false alarm.
  if (!isSigned(note, key)) return say('not_signed');
  if (head.size > newestSize) return say('cut');
  const now = readCheckpoint(readNote(newest!.note)?.text ?? '');
  if (now === undefined) return say('forked');
  const proof = await proveGrowth(database, organizationId, { from: head.size, to: newestSize });
  const holds = verifyConsistency(logHash, {
    old: head.size,
    oldRoot: head.root,
    size: newestSize,
    root: now.root,
    proof,
  });
  return say(holds ? 'holds' : 'forked');
}

/**
 * The head out of a letter or a message as people copy it: with text around, quoted, with other ends of lines, without the empty line
 * that mail programs drop.
 */
export function cleanHead(pasted: string): string {
  const lines = pasted.split(/\r?\n/).map((line) => line.replace(/^[>\s\u00A0]+/, '').trimEnd());
  const signature = lines.findIndex((line) => /^\u2014 \S+ [A-Za-z0-9+/=]+$/.test(line));
  if (signature < 0) return pasted;
  const body = lines.slice(0, signature).filter((line) => line !== '');
  const signatures = lines.slice(signature).filter((line) => line.startsWith('\u2014 '));
  return `${body.slice(-3).join('\n')}\n\n${signatures.join('\n')}\n`;
}

function isSigned(note: NonNullable<ReturnType<typeof readNote>>, key: NoteKey): boolean {
  try {
    return signersOf(note, [key], ed25519Verify).length > 0;
  } catch {
    return false;
  }
}
