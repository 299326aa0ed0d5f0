/** Words of the page of forgotten accounts, English. */
export const sleeping = {
  nobody: 'Nothing is forgotten',
  nobodyText: 'All accounts are in use, those who left have nothing, invitations were answered.',
  left: 'Left, and something remains',
  leftText: 'These people’s access is closed, but sessions or roles remain. Carry out the leaving to end everything.',
  sessions: 'Open sessions',
  asleep: 'Not here for long',
  asleepText: 'More than 30 days without signing in. A forgotten account is a door nobody watches.',
  unanswered: 'Unanswered invitations',
  unansweredText: 'They were sent, and the person has not joined yet.',
  toInvitations: 'Go to invitations',
  made: 'Made',
  ends: 'Valid until',
};
