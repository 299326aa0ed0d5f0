/** Which words belong to a place outside, and how what is kept there comes to the reader’s own disk. */
import { call } from '../../api/call.ts';
import type { AnchorView } from '../../contract.ts';
import { saveBytes, saveText } from '../../ui/save-text.ts';

export const anchorsKey = ['security', 'anchors'];
export const witnessesKey = ['security', 'witnesses'];

export const kindWords = {
  letter: 'anchors.kinds.letter',
  telegram: 'anchors.kinds.telegram',
  stamp: 'anchors.kinds.stamp',
  bucket: 'anchors.kinds.bucket',
} as const;

export const problemWords = {
  unreachable: 'anchors.problems.unreachable',
  refused: 'anchors.problems.refused',
  answer_wrong: 'anchors.problems.answer_wrong',
  clock_wrong: 'anchors.problems.clock_wrong',
  not_delivered: 'anchors.problems.not_delivered',
  not_locked: 'anchors.problems.not_locked',
  forked: 'anchors.problems.forked',
} as const;

export const verdictWords = {
  holds: 'anchors.verdicts.holds',
  cut: 'anchors.verdicts.cut',
  forked: 'anchors.verdicts.forked',
  not_signed: 'anchors.verdicts.not_signed',
  other_log: 'anchors.verdicts.other_log',
  unreadable: 'anchors.verdicts.unreadable',
} as const;

/** Two files for `openssl ts -verify -data head-N.txt -in head-N.tsr`, or the head alone. */
export async function saveKept({ id, size }: AnchorView): Promise<void> {
  const { head, stamp } = await call('GET /api/v1/security/anchors/:id/kept', { params: { id } });
  if (head !== null) saveText(`head-${size}.txt`, head);
  if (stamp !== null) saveBytes(`head-${size}.tsr`, stamp);
}
