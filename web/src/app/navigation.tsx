/** What the navigation shows to whom. */
import { IconAddressBook, IconBuilding, IconFileImport, IconScript, IconUsersGroup } from '@tabler/icons-react';
import type { Permission } from '../contract.ts';

export const navigation = [
  { to: '/contacts', name: 'contacts', group: 'work', permission: 'contact.read', Icon: IconAddressBook },
  { to: '/companies', name: 'companies', group: 'work', permission: 'company.read', Icon: IconBuilding },
  { to: '/imports', name: 'imports', group: 'work', permission: 'contact.import', Icon: IconFileImport },
  { to: '/people', name: 'people', group: 'order', permission: 'person.read', Icon: IconUsersGroup },
  { to: '/audit-log', name: 'auditLog', group: 'order', permission: 'audit.read', Icon: IconScript },
] as const satisfies readonly { permission: Permission; [other: string]: unknown }[];

export const groups = ['work', 'order'] as const;
