/** Words of the rules of a lost phone, English. */
export const recoveryRules = {
  title: 'When a phone is lost',
  text: 'The person knows the password but has neither the phone nor recovery codes. Only colleagues of this group can let them in: each calls the person and makes sure it is them.',
  group: 'Who approves',
  groupText: 'Nobody approves for themselves. Only other owners vouch for an owner.',
  empty: 'The group is empty: add a role or a person.',
  add: 'Add a role or a person',
  needed: 'How many of them must approve',
  neededCount_one: '{{count}} person',
  neededCount_few: '{{count}} people',
  neededCount_many: '{{count}} people',
  neededCount_other: '{{count}} people',
  wait: 'How long to wait at least',
  waitText: 'In this time whoever really has the phone sees the warning and can cancel.',
  noWait: 'No wait',
  now: 'Who would be asked now',
  owner: 'owner',
  lacks: 'lacks the right “Approve recovery of access”',
  nobodyNamed: 'Nobody is in this group now.',
  short_one:
    '{{count}} person has colleagues to ask, but fewer than needed: {{names}}. Then all of them must approve, and the wait is 72 hours.',
  short_few:
    '{{count}} people have colleagues to ask, but fewer than needed: {{names}}. Then all of them must approve, and the wait is 72 hours.',
  short_many:
    '{{count}} people have colleagues to ask, but fewer than needed: {{names}}. Then all of them must approve, and the wait is 72 hours.',
  short_other:
    '{{count}} people have colleagues to ask, but fewer than needed: {{names}}. Then all of them must approve, and the wait is 72 hours.',
  nobody_one:
    '{{count}} person has nobody to ask: {{names}}. Only the emergency sheet (for an owner) or whoever looks after the server can let them in.',
  nobody_few:
    '{{count}} people have nobody to ask: {{names}}. Only the emergency sheet (for an owner) or whoever looks after the server can let them in.',
  nobody_many:
    '{{count}} people have nobody to ask: {{names}}. Only the emergency sheet (for an owner) or whoever looks after the server can let them in.',
  nobody_other:
    '{{count}} people have nobody to ask: {{names}}. Only the emergency sheet (for an owner) or whoever looks after the server can let them in.',
  andMore: '{{names}} and others',
  alone: 'One person can let anybody in without a wait. Better at least two, or at least a few hours.',
  pending: 'For requests that wait already the stricter rule counts: the one that was, or the one that is.',
};
