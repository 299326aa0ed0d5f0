/** Whoever lacks a factor that is demanded of her does nothing but enrol or prove one: the contract says which routes that takes. */
import { wallRoutes } from '#contract';
import { LubartError } from '#kernel';
import type { Actor } from '#protections/access';

/** @throws sign-in.factor_required */
export function requireNoWall(routeKey: string, { wall }: Pick<Actor, 'wall'>): void {
  if (wall === undefined) return;
  const open: readonly string[] = wallRoutes[wall];
  // Attack: a session that waits for its factor, used for anything else meanwhile.
  if (!open.includes(routeKey)) throw new LubartError('sign-in.factor_required');
}
