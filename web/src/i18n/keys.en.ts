/** Words of the page of encryption keys, English. */
export const keys = {
  kinds: { root: 'Root key', organization: 'Company key', index: 'Search key' },
  texts: {
    root: 'Lies in a file on the server, apart from the data, and opens the other keys. Replace it when a stranger may have seen the file.',
    organization:
      'Closes the key of every client, names of people and settings. Everybody works on while it is replaced.',
    index: 'Clients are found by it without being opened. While it is replaced search finds everybody, as before.',
  },
  age_one: '{{shown}} day',
  age_few: '{{shown}} days',
  age_many: '{{shown}} days',
  age_other: '{{shown}} days',
  since: 'in use since {{day}}, mark',
  kept_one: '{{count}} old key opens only: entries of the audit log need it.',
  kept_few: '{{count}} old keys open only: entries of the audit log need them.',
  kept_many: '{{count}} old keys open only: entries of the audit log need them.',
  kept_other: '{{count}} old keys open only: entries of the audit log need them.',
  running: 'Being replaced.',
  paused: 'Replacing is paused.',
  progress: '{{done}} of {{total}} sealed anew.',
  progressOf: 'Replacing: {{key}}',
  replace: 'Replace the key',
  pause: 'Pause',
  resume: 'Go on',
  past: 'Finished replacements',
  key: 'Key',
  finished: 'Finished',
  done: 'Sealed anew',
  left: 'Left under the old key',
  copyText:
    'After the root key was replaced, copy the key file again. Keep the old one with the backups of its time: no other key opens them.',
};
