/**
 * Reads that leave an entry although their handlers write none: who looked at other people’s access, at the rules and devices of
 * the company, at who sees a client. Reads of clients themselves are recorded where they are opened. The frame reads this table; test/complete-log.test.ts
 * proves that every other route that answers and leaves no entry is named there with its reason.
 */
import type { EventName } from './events.ts';
import type { Routes } from './routes/index.ts';

export const readEvents: Partial<Record<keyof Routes, EventName>> = {
  'GET /api/v1/contacts/:id/shares': 'contact.viewers_read',
  'GET /api/v1/contacts/:id/viewers': 'contact.viewers_read',
  'GET /api/v1/companies/:id/shares': 'company.viewers_read',
  'GET /api/v1/companies/:id/viewers': 'company.viewers_read',
  'GET /api/v1/erasures': 'security.looked_at',
  'GET /api/v1/imports': 'import.listed',
  'GET /api/v1/imports/:id': 'import.listed',
  'GET /api/v1/people/sleeping': 'person.access_read',
  'GET /api/v1/people/:id/access': 'person.access_read',
  'POST /api/v1/people/:id/preview-move': 'person.access_read',
  'GET /api/v1/invitations': 'person.access_read',
  'GET /api/v1/elevations': 'person.access_read',
  'GET /api/v1/recovery-requests': 'person.access_read',
  'GET /api/v1/reviews': 'person.access_read',
  'POST /api/v1/roles/:id/preview': 'person.access_read',
  'GET /api/v1/security/coverage': 'person.access_read',
  'GET /api/v1/security/devices': 'person.access_read',
  'GET /api/v1/security/exports': 'person.access_read',
  'GET /api/v1/api-keys': 'security.looked_at',
  'GET /api/v1/sso/providers': 'security.looked_at',
  'GET /api/v1/reviews/rules': 'security.looked_at',
  'GET /api/v1/investigations': 'investigation.read',
  'GET /api/v1/investigations/:id': 'investigation.read',
  'GET /api/v1/investigations/:id/marks': 'investigation.read',
  'GET /api/v1/security/retention': 'security.looked_at',
  'GET /api/v1/security/decoys': 'security.looked_at',
  'GET /api/v1/security/emergency': 'security.looked_at',
  'GET /api/v1/security/connection': 'security.looked_at',
  'GET /api/v1/security/keys': 'security.looked_at',
  'GET /api/v1/security/kit': 'security.looked_at',
  'GET /api/v1/security/witnesses': 'security.looked_at',
  'GET /api/v1/security/forwards': 'security.looked_at',
  'GET /api/v1/security/anchors': 'security.looked_at',
  'GET /api/v1/security/anchors/:id/kept': 'security.looked_at',
  'GET /api/v1/security/rules': 'security.looked_at',
  'POST /api/v1/security/rules/preview': 'security.looked_at',
  'POST /api/v1/security/recovery/preview': 'security.looked_at',
};
