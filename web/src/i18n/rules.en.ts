/** Words of the rules of sign-in, English. */
export const rules = {
  sessions: 'How long a session lasts',
  sessionsNow: 'Unused, {{hours}} h at most; at all, {{days}} d at most. After that one signs in again.',
};
