/** Every route there is. The web imports the type only. */
import { apiKeyRoutes } from './api-keys.ts';
import { bulkRoutes } from './bulk.ts';
import { auditRoutes } from './audit.ts';
import { anchorRoutes } from './anchors.ts';
import { witnessRoutes } from './witnesses.ts';
import { forwardRoutes } from './forwards.ts';
import { logTileRoutes } from './log-tiles.ts';
import { companyRoutes, contactRoutes } from './contacts.ts';
import { deviceRoutes } from './devices.ts';
import { elevationRoutes } from './elevations.ts';
import { emergencyRoutes } from './emergency.ts';
import { connectionRoutes } from './connection.ts';
import { coverageRoutes } from './coverage.ts';
import { exportRoutes } from './exports.ts';
import { erasureRoutes } from './erasure.ts';
import { decoyRoutes } from './decoys.ts';
import { retentionRoutes } from './retention.ts';
import { investigationRoutes } from './investigations.ts';
import { historyRoutes } from './history.ts';
import { factorRoutes } from './factors.ts';
import { explanationRoutes } from './explanations.ts';
import { headRoutes } from './heads.ts';
import { importRoutes } from './imports.ts';
import { linkRoutes } from './links.ts';
import { leavingRoutes } from './leaving.ts';
import { encryptionKeyRoutes } from './keys.ts';
import { kitRoutes } from './kit.ts';
import { peopleRoutes } from './people.ts';
import { recoveryRoutes } from './recovery.ts';
import { ssoRoutes } from './sso.ts';
import { securityRoutes } from './security.ts';
import { revealRoutes } from './reveal.ts';
import { statisticsRoutes } from './statistics.ts';
import { reviewRoutes } from './reviews.ts';
import { roleRoutes } from './roles.ts';
import { smsRoutes } from './sms.ts';
import { sharingRoutes } from './sharing.ts';

export const routes = {
  ...peopleRoutes,
  ...contactRoutes,
  ...companyRoutes,
  ...importRoutes,
  ...exportRoutes,
  ...decoyRoutes,
  ...retentionRoutes,
  ...historyRoutes,
  ...investigationRoutes,
  ...erasureRoutes,
  ...auditRoutes,
  ...logTileRoutes,
  ...witnessRoutes,
  ...forwardRoutes,
  ...anchorRoutes,
  ...linkRoutes,
  ...factorRoutes,
  ...smsRoutes,
  ...apiKeyRoutes,
  ...bulkRoutes,
  ...recoveryRoutes,
  ...emergencyRoutes,
  ...ssoRoutes,
  ...securityRoutes,
  ...coverageRoutes,
  ...roleRoutes,
  ...reviewRoutes,
  ...revealRoutes,
  ...explanationRoutes,
  ...leavingRoutes,
  ...headRoutes,
  ...sharingRoutes,
  ...elevationRoutes,
  ...deviceRoutes,
  ...statisticsRoutes,
  ...encryptionKeyRoutes,
  ...kitRoutes,
  ...connectionRoutes,
} as const;
export type Routes = typeof routes;
