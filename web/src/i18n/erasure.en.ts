/** Words of erasing clients, English. */
import type { erasure as uk } from './erasure.uk.ts';

export const erasure: typeof uk = {
  title: 'Erase for good: {{name}}',
  button: 'Erase for good',
  warning:
    'The client’s data will be gone everywhere: from records, search, the audit log and prepared files. Nobody can bring it back, not even from a backup.',
  reason: 'Why',
  confirm: 'To confirm, type the word “{{word}}”',
  word: 'erase',
  doneTitle: 'The client is erased',
  doneText: 'Its key is destroyed. Keep the certificate: it proves that the request was fulfilled.',
  save: 'Save the certificate',
  certificate: 'CERTIFICATE OF ERASURE OF PERSONAL DATA',
  certificateText:
    'The key that sealed the client’s data is destroyed; whatever it sealed cannot be read any more. The entry about it stands in the audit log; its proof can be given out separately.',
  organization: 'Organization',
  what: 'What was erased',
  when: 'When',
  who: 'Who',
  why: 'Why',
  went: 'Together with it',
  counts: 'shares: {{shares}}, images kept by imports: {{imports}}, prepared files: {{exports}}',
  entry: 'Entry of the log',
  list: 'Erased clients',
  nobodyTitle: 'Nobody was erased',
  nobodyText: 'A client is erased for good from the trash, on its own page.',
  reasons: {
    asked: 'The person asked for it',
    consent_withdrawn: 'Consent was withdrawn',
    purpose_over: 'The purpose is over',
    unlawful: 'There was no ground to keep it',
    replayed: 'Erased again after a restore',
  },
};
