/**
 * What a program may do with an API key: work with clients, read the names it needs for that, and follow the log. The one list; what is not on it is
 * closed to keys (signing in, people, roles, rules, one’s own profile and factors, other keys), whatever the roles of the key say.
 * Imports too: their work goes on after the request, in the name of the person and with all of the person’s rights.
 */
import type { Routes } from './routes/index.ts';

/** Days a key lives: when nothing is said, and at most. */
export const apiKeyDays = { usual: 90, max: 365 } as const;
/** Hours for which the secret of before still opens after a rotation. */
export const apiKeyOverlapHours = 24;
/** Days before its end at which the owner of a key gets a letter, and days without use after which it is noticed. */
export const apiKeyNoticeDays = { ending: 7, unused: 90 } as const;

export const keyRoutes: readonly (keyof Routes)[] = [
  'GET /api/v1/contacts',
  'POST /api/v1/contacts/find',
  'POST /api/v1/contacts',
  'GET /api/v1/contacts/:id',
  'PATCH /api/v1/contacts/:id',
  'POST /api/v1/contacts/:id/archive',
  'POST /api/v1/contacts/:id/restore',
  'POST /api/v1/contacts/:id/reveal',
  'GET /api/v1/contact-tags',
  'GET /api/v1/contacts/statistics',
  'GET /api/v1/companies',
  'POST /api/v1/companies/find',
  'POST /api/v1/companies',
  'GET /api/v1/companies/:id',
  'PATCH /api/v1/companies/:id',
  'POST /api/v1/companies/:id/archive',
  'POST /api/v1/companies/:id/restore',
  'POST /api/v1/companies/:id/reveal',
  'GET /api/v1/companies/statistics',
  'GET /api/v1/departments',
  // A monitor or a witness follows the log: hashes, and entries in which what is personal is sealed.
  'GET /api/v1/audit-logs/:id/checkpoint',
  'GET /api/v1/audit-logs/:id/tile/:level/*',
  'GET /api/v1/audit-logs/:id/consistency',
  'GET /api/v1/audit-logs/:id/inclusion',
];
