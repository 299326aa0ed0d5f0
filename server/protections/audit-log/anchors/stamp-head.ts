/** A head is stamped by the time stamping authority that the owner named (RFC 3161 §3.4, over HTTP). */
import type { AnchorSettingsValue } from '#contract';
import { askOutside } from '#outside';
import type { Outcome } from './outcome.ts';
import { readRoots, readStamp, writeStampRequest } from './time-stamp.ts';

/** Seconds by which the clock of the authority may differ from ours. */
const clockSecondsMax = 300;

export async function stampHead(
  { address, roots }: NonNullable<AnchorSettingsValue['stamp']>,
  note: string,
  now: () => Date,
): Promise<Outcome> {
  const head = Buffer.from(note);
  const request = writeStampRequest(head);
  const answer = await askOutside(address, {
    method: 'POST',
    headers: { 'content-type': 'application/timestamp-query' },
    body: request.bytes,
  });
  if (answer === 'unreachable') return { problem: 'unreachable' };
  if (answer.status !== 200) return { problem: 'refused' };
  const at = readStamp(answer.bytes, head, readRoots(roots) ?? [], request.nonce);
  if (at === undefined) return { problem: 'answer_wrong' };
  if (Math.abs(at.getTime() - now().getTime()) > clockSecondsMax * 1000) return { problem: 'clock_wrong' };
  return { at, stamp: answer.bytes };
}
