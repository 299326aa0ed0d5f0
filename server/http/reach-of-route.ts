/** How far a route reaches for whoever asks: as far as its permission, and where being signed in is enough, to what is one’s own. */
import type { RoutePermission } from '#contract';
import type { Reach } from '#database';
import { LubartError } from '#kernel';
import type { Actor } from '#protections/access';
import { reachOf } from '#protections/access';

/** @throws access.denied */
export function reachOfRoute(actor: Actor | null, permission: RoutePermission): Reach {
  if (actor === null || permission === 'anyone') throw new LubartError('access.denied');
  if (permission !== 'signed-in') return reachOf(actor, permission);
  const { organizationId, personId, departmentIds } = actor;
  return { organizationId, personId, departmentIds, scope: 'none' };
}
