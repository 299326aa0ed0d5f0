/** Words of the rules of sign-in, Ukrainian. */
export const rules = {
  sessions: 'Тривалість сеансу',
  sessionsNow: 'Без дій — не довше ніж {{hours}} год, загалом — не довше ніж {{days}} дн. Потім треба ввійти знову.',
};
