/**
 * The acts that a person proves anew: whoever finds an open browser, or steals its cookie, must not take the clients along, let
 * somebody in or turn a protection down. The one list; the frame asks, no route does by itself (ASVS 5.0 §7.5.3).
 */
import type { Routes } from './routes/index.ts';

/** Minutes for which a proof is fresh. */
export const freshProofMinutes = 5;

/**
 * In an emergency session the sheet is all that the owner can prove: for connecting a new factor it stays good as long as the
 * session lives. Everything else then asks for that new factor.
 */
export const emergencyProofRoutes: readonly (keyof Routes)[] = [
  'POST /api/v1/authenticators/begin',
  'POST /api/v1/passkeys/begin',
];

export const stepUpRoutes: readonly (keyof Routes)[] = [
  // Clients leave.
  'POST /api/v1/contacts/export',
  'POST /api/v1/companies/export',
  'GET /api/v1/exports/:id/file',
  // The whole log leaves: who did what, when, from where.
  'GET /api/v1/audit-log/evidence',
  'GET /api/v1/investigations/:id/evidence',
  // Clients are gone for good.
  'POST /api/v1/contacts/:id/erase',
  'POST /api/v1/companies/:id/erase',
  // Many clients change at once.
  'POST /api/v1/contacts/bulk',
  'POST /api/v1/companies/bulk',
  'POST /api/v1/imports/:id/start',
  'POST /api/v1/imports/:id/revert',
  // Somebody gets in, or gets more.
  'PATCH /api/v1/people/:id',
  'POST /api/v1/people/:id/leave',
  'POST /api/v1/people/:id/move',
  'POST /api/v1/deputies',
  'PATCH /api/v1/departments/:id',
  'PUT /api/v1/departments/:id/heads',
  'POST /api/v1/elevations/:id/approve',
  'POST /api/v1/invitations',
  'POST /api/v1/invitations/:id/send-again',
  'POST /api/v1/people/:id/password-reset',
  'POST /api/v1/people/:id/email',
  'POST /api/v1/recovery-requests/:id/approve',
  'POST /api/v1/roles',
  'PATCH /api/v1/roles/:id',
  'POST /api/v1/roles/:id/reset',
  'DELETE /api/v1/roles/:id',
  // Rights of many are taken, or are no longer asked about.
  'POST /api/v1/reviews',
  'POST /api/v1/reviews/:id/close',
  'PUT /api/v1/reviews/rules',
  // A protection is turned down, or a key to the house is made.
  'PUT /api/v1/security/rules',
  'PUT /api/v1/security/export-rules',
  'PUT /api/v1/security/retention',
  'POST /api/v1/security/holds',
  'DELETE /api/v1/security/holds/:id',
  'POST /api/v1/security/decoys',
  'DELETE /api/v1/security/decoys/:id',
  'POST /api/v1/security/keys/:kind/rotate',
  'POST /api/v1/security/keys/:kind/pause',
  'POST /api/v1/security/keys/:kind/resume',
  // The root key leaves on paper.
  'POST /api/v1/security/kit',
  'POST /api/v1/security/emergency',
  'DELETE /api/v1/security/emergency',
  // Another way to be me, or one less.
  'POST /api/v1/authenticators/begin',
  'DELETE /api/v1/authenticators/:id',
  'POST /api/v1/sms-number/begin',
  'DELETE /api/v1/sms-number',
  'POST /api/v1/recovery-codes',
  'POST /api/v1/passkeys/begin',
  'DELETE /api/v1/passkeys/:id',
  // A program in one’s place.
  'POST /api/v1/api-keys',
  'POST /api/v1/api-keys/:id/rotate',
  // Another browser to come in from.
  'POST /api/v1/device-requests/:id/approve',
  // Who vouches for the log, and for whose logs we do.
  'POST /api/v1/security/witnesses',
  'DELETE /api/v1/security/witnesses/:id',
  'POST /api/v1/security/witnessed-logs',
  'DELETE /api/v1/security/witnessed-logs/:id',
  'POST /api/v1/security/forwards',
  'PATCH /api/v1/security/forwards/:id',
  'POST /api/v1/security/forwards/:id/pause',
  'POST /api/v1/security/forwards/:id/resume',
  'DELETE /api/v1/security/forwards/:id',
  'POST /api/v1/security/anchors',
  'DELETE /api/v1/security/anchors/:id',
  // Who vouches for people.
  'POST /api/v1/sso/providers',
  'PATCH /api/v1/sso/providers/:id',
  'DELETE /api/v1/sso/providers/:id',
];
