/** Acts on the contract’s list ask for a proof a few minutes old, after the permission and before anything is looked at. */
import { emergencyProofRoutes, freshProofMinutes, stepUpRoutes } from '#contract';
import { LubartError } from '#kernel';
import type { Actor } from '#protections/access';

const listed: ReadonlySet<string> = new Set(stepUpRoutes);
const openedBySheet: ReadonlySet<string> = new Set(emergencyProofRoutes);

/**
 * A local operator has no session and proves nothing: whoever runs commands on the server has the keys already.
 * @throws session.step_up_needed
 */
export function requireFreshProof(routeKey: string, actor: Actor, now: Date): void {
  if (!listed.has(routeKey) || actor.sessionId === null) return;
  if (openedBySheet.has(routeKey) && actor.factors.includes('break-glass')) return;
  // Nothing to prove with yet; of the listed acts the wall leaves only enrolling the first factor.
  if (actor.wall === 'first') return;
  const age = actor.provedAt === null ? Infinity : now.getTime() - actor.provedAt.getTime();
  // Attack: an open browser, or its stolen cookie, hours after its person proved anything.
  if (age > freshProofMinutes * 60_000) throw new LubartError('session.step_up_needed');
}
