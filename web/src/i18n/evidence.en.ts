/** Words of evidence from the log, English. */
import type { evidence as uk } from './evidence.uk.ts';

export const evidence: typeof uk = {
  title: 'The log for an auditor',
  intro:
    'The log can be verified without Lubart and without a network: a file, a key and the page that verifies. Values of clients stay sealed in the file.',
  key: 'Key of the log',
  keyHint: 'Hand it to the auditor before, by another way than the file.',
  copyKey: 'Copy the key',
  checkpoint: 'Checkpoint of now',
  checkpointHint: '{{size}} entries are signed for. Whoever keeps it today sees it when the past is rewritten.',
  copyCheckpoint: 'Copy the checkpoint',
  take: 'Export the log with its proofs',
  verifiers: 'To verify:',
  page: 'a page that works without a network',
  command: 'a command for Node',
  proof: 'Proof of this entry',
  proofHint: 'Two files: the entry and the proof of its place. The same page verifies them.',
};
