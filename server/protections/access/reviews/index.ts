import type { Transaction } from '#database';
import type { PersonMoved } from '#protections/access';
import { doerOf } from '#protections/audit-log';
import type { OrganizationSeals } from '#protections/encryption';
import type { ReviewDeps } from './deps.ts';
import { goOnWithReviews } from './go-on.ts';
import { roleKinds } from './kinds/role.ts';
import { shareKinds } from './kinds/share.ts';
import type { RightKind } from './kinds/kind.ts';
import { readReviewRules } from './review-rules.ts';
import type { ReviewHandlers } from './routes.ts';
import { reviewHandlers } from './routes.ts';
import { startCampaign } from './start-campaign.ts';

export type Reviews = {
  handlers: ReviewHandlers;
  /** What is due: starting, reminding, escalating, closing. */
  goOn(organizationId: string, signal?: AbortSignal): Promise<void>;
  /** The small review of somebody who works elsewhere from now on. */
  moved: PersonMoved;
};

/** `kinds`: what other rooms give people, beside roles and shares. */
export function openReviews(options: Omit<ReviewDeps, 'kinds'> & { kinds?: readonly RightKind[] }): Reviews {
  const deps: ReviewDeps = {
    ...options,
    kinds: [...roleKinds(options), ...shareKinds(options), ...(options.kinds ?? [])],
  };
  return {
    handlers: reviewHandlers(deps),
    goOn: (organizationId, signal) => goOnWithReviews(deps, organizationId, signal),
    moved: async (tx: Transaction, seals: OrganizationSeals, actor, personId) => {
      const { rules } = await readReviewRules(tx, seals.organizationId);
      const doer = doerOf(actor);
      await startCampaign(tx, deps, seals, { reason: 'transfer', personId, startedBy: actor.personId, doer, rules });
    },
  };
}

export type { FoundRight, RightKind, Snapshot, Taking } from './kinds/kind.ts';
export { reviewPosture } from './posture.ts';
export { findPublicKey, readSignedFile, sha256 } from './sign-result.ts';
export type { ReviewHandlers } from './routes.ts';
