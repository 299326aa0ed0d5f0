/** Routes of the browsers people come in from. */
import type { deviceRoutes } from '#contract';
import type { Handlers } from '#http';
import type { SignInDeps } from '../deps.ts';
import { answerDeviceRequest } from './answer-request.ts';
import { awaitApproval } from './await-approval.ts';
import { myDevices, peoplesDevices, renameDevice, revokeDevice } from './list-devices.ts';

export type DeviceHandlers = Handlers<typeof deviceRoutes>;

export function deviceHandlers(deps: SignInDeps): DeviceHandlers {
  return {
    'POST /api/v1/sign-in/device': async ({ visitor, body, setSession }) => {
      const { answer, token } = await awaitApproval(deps, visitor, body.ticket);
      if (token !== null) setSession(token);
      return answer;
    },
    'GET /api/v1/devices': async ({ actor }) => myDevices(deps, actor),
    'PATCH /api/v1/devices/:id': async ({ actor, params, body }) => {
      await renameDevice(deps, actor, params.id, body.name);
      return {};
    },
    'DELETE /api/v1/devices/:id': async ({ actor, params, setSession }) => {
      const { devices } = await myDevices(deps, actor);
      await revokeDevice(deps, actor, params.id, { mine: true });
      if (devices.some(({ id, current }) => current && id === params.id)) setSession(null);
      return {};
    },
    'POST /api/v1/device-requests/:id/approve': async ({ actor, params, body }) => {
      await answerDeviceRequest(deps, actor, { id: params.id, approved: true, number: body.number });
      return {};
    },
    'POST /api/v1/device-requests/:id/refuse': async ({ actor, params }) => {
      await answerDeviceRequest(deps, actor, { id: params.id, approved: false });
      return {};
    },
    'GET /api/v1/security/devices': async ({ actor }) => peoplesDevices(deps, actor),
    'DELETE /api/v1/security/devices/:id': async ({ actor, params }) => {
      await revokeDevice(deps, actor, params.id, { mine: false });
      return {};
    },
  };
}
