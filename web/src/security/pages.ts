/**
 * The pages of the section “Security”: one line each here, and a lazy route in `app/router.tsx`. A page is shown to whoever may do
 * one of the named things; what is done there the server decides about. `name` finds its words: `security.pages.<name>`.
 */
import {
  IconArchive,
  IconChecklist,
  IconCloudLock,
  IconDeviceLaptop,
  IconDoor,
  IconFishHook,
  IconEraser,
  IconEyeCheck,
  IconFileCertificate,
  IconFileExport,
  IconHourglass,
  IconKey,
  IconLock,
  IconPlugConnected,
  IconSend,
  IconShieldCheck,
  IconLifebuoy,
  IconZzz,
} from '@tabler/icons-react';
import type { Askers, Can } from '../app/session.tsx';
import { mayOpen } from '../app/session.tsx';

type SecurityPage = { to: string; name: string; group: string; askers: Askers; Icon: typeof IconDoor };

export const securityPages = [
  { to: '/security/sign-in', name: 'signIn', group: 'door', askers: ['security.read'], Icon: IconDoor },
  { to: '/security/emergency', name: 'emergency', group: 'trouble', askers: ['security.read'], Icon: IconLifebuoy },
  { to: '/security/coverage', name: 'coverage', group: 'door', askers: ['security.read'], Icon: IconShieldCheck },
  { to: '/security/sso', name: 'sso', group: 'door', askers: ['security.read'], Icon: IconCloudLock },
  {
    to: '/security/devices',
    name: 'devices',
    group: 'door',
    askers: ['device.approve'],
    Icon: IconDeviceLaptop,
  },
  {
    to: '/security/elevations',
    name: 'elevations',
    group: 'rights',
    askers: ['elevation.approve'],
    Icon: IconHourglass,
  },
  { to: '/security/keys', name: 'keys', group: 'trouble', askers: ['security.read'], Icon: IconLock },
  { to: '/security/kit', name: 'kit', group: 'trouble', askers: ['security.read'], Icon: IconFileCertificate },
  {
    to: '/security/connection',
    name: 'connection',
    group: 'trouble',
    askers: ['security.read'],
    Icon: IconPlugConnected,
  },
  { to: '/security/exports', name: 'exports', group: 'rights', askers: ['security.read'], Icon: IconFileExport },
  { to: '/security/witnesses', name: 'witnesses', group: 'trouble', askers: ['security.read'], Icon: IconEyeCheck },
  { to: '/security/erasures', name: 'erasures', group: 'rights', askers: ['security.read'], Icon: IconEraser },
  { to: '/security/retention', name: 'retention', group: 'trouble', askers: ['security.read'], Icon: IconArchive },
  { to: '/security/receivers', name: 'receivers', group: 'trouble', askers: ['security.read'], Icon: IconSend },
  { to: '/security/decoys', name: 'decoys', group: 'trouble', askers: ['security.read'], Icon: IconFishHook },
  { to: '/security/sleeping', name: 'sleeping', group: 'trouble', askers: ['security.read'], Icon: IconZzz },
  { to: '/security/api-keys', name: 'apiKeys', group: 'door', askers: ['api-key.update'], Icon: IconKey },
  {
    to: '/security/reviews',
    name: 'reviews',
    group: 'rights',
    askers: ['review.read', 'review.answer', 'review.run'],
    Icon: IconChecklist,
  },
] as const satisfies readonly SecurityPage[];

export const securityGroups = ['door', 'rights', 'trouble'] as const;

export type SecurityPageName = (typeof securityPages)[number]['name'];

/** The section itself is for everybody who may open one of its pages. */
const asked: readonly SecurityPage[] = securityPages;
export const securityAskers: Askers = asked.some(({ askers }) => askers === 'signed-in')
  ? 'signed-in'
  : asked.flatMap(({ askers }) => (askers === 'signed-in' ? [] : askers));

export function openPages(can: Can): (typeof securityPages)[number][] {
  return securityPages.filter(({ askers }) => mayOpen(can, askers));
}
