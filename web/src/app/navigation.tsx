/** What the navigation shows to whom. */
import {
  IconAddressBook,
  IconBuilding,
  IconChartBar,
  IconFileImport,
  IconScript,
  IconShieldLock,
  IconUsersGroup,
} from '@tabler/icons-react';
import { securityAskers } from '../security/pages.ts';
import type { Askers } from './session.tsx';

export const navigation = [
  { to: '/contacts', name: 'contacts', group: 'work', askers: ['contact.read'], Icon: IconAddressBook },
  { to: '/companies', name: 'companies', group: 'work', askers: ['company.read'], Icon: IconBuilding },
  { to: '/imports', name: 'imports', group: 'work', askers: ['contact.import'], Icon: IconFileImport },
  {
    to: '/statistics',
    name: 'statistics',
    group: 'work',
    askers: ['contact.statistics', 'company.statistics'],
    Icon: IconChartBar,
  },
  { to: '/people', name: 'people', group: 'order', askers: ['person.read'], Icon: IconUsersGroup },
  { to: '/security', name: 'security', group: 'order', askers: securityAskers, Icon: IconShieldLock },
  { to: '/audit-log', name: 'auditLog', group: 'order', askers: ['audit.read'], Icon: IconScript },
] as const satisfies readonly { askers: Askers; [other: string]: unknown }[];

export const groups = ['work', 'order'] as const;
