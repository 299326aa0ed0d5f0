/** Routes of a lost phone. */
import type { recoveryRoutes } from '#contract';
import type { Handlers } from '#http';
import type { SignInDeps } from '../deps.ts';
import { approveRequest, listRequests, refuseRequest } from './approve-recovery.ts';
import { askRecovery } from './ask-recovery.ts';
import { cancelByLink, cancelOwn, ownRequest } from './cancel-recovery.ts';
import { finishRecovery, openRecovery, recoveryState } from './finish-recovery.ts';

export type RecoveryHandlers = Handlers<typeof recoveryRoutes>;

export function recoveryHandlers(deps: SignInDeps): RecoveryHandlers {
  return {
    'POST /api/v1/recovery': async ({ visitor, body }) => askRecovery(deps, visitor, body.ticket),
    'POST /api/v1/recovery/state': async ({ visitor, body }) => recoveryState(deps, visitor, body.token),
    'POST /api/v1/recovery/open': async ({ visitor, body }) => openRecovery(deps, visitor, body.token),
    'POST /api/v1/recovery/finish': async ({ visitor, body, setSession }) => {
      const { token, session, recoveryCodes } = await finishRecovery(deps, visitor, body);
      setSession(token);
      return { session, recoveryCodes };
    },
    'POST /api/v1/recovery/cancel-by-link': async ({ visitor, body }) => {
      await cancelByLink(deps, visitor, body.token);
      return {};
    },
    'GET /api/v1/recovery/own': async ({ actor }) => ({ request: await ownRequest(deps, actor) }),
    'POST /api/v1/recovery/cancel': async ({ actor }) => ({ cancelled: await cancelOwn(deps, actor) }),
    'GET /api/v1/recovery-requests': async ({ actor, reach }) => ({ requests: await listRequests(deps, actor, reach) }),
    'POST /api/v1/recovery-requests/:id/approve': async ({ actor, reach, params }) => {
      await approveRequest(deps, actor, reach, params.id);
      return {};
    },
    'POST /api/v1/recovery-requests/:id/refuse': async ({ actor, reach, params }) => {
      await refuseRequest(deps, actor, reach, params.id);
      return {};
    },
  };
}
