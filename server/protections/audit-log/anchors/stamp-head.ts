/** A head is stamped by the time stamping authority that the owner named (RFC 3161 §3.4, over HTTP). */
import type { AnchorSettingsValue } from '#contract';
import { readPem, readStamp } from '#contract/stamps';
import { askOutside } from '#outside';
import type { Outcome } from './outcome.ts';
import { stampMeans, writeStampRequest } from './time-stamp.ts';

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
  const { nonce } = request;
  const read = readStamp(stampMeans, { response: answer.bytes, head, roots: readPem(roots) ?? [], nonce });
  if (!read.holds) return { problem: 'answer_wrong' };
  const { at } = read;
  if (Math.abs(at.getTime() - now().getTime()) > clockSecondsMax * 1000) return { problem: 'clock_wrong' };
  return { at, stamp: answer.bytes };
}
