/** Who is signed in and what this person may do. */
import { useSuspenseQuery } from '@tanstack/react-query';
import { sessionQuery } from '../api/queries.ts';
import type { Permission, Scope, SessionView } from '../contract.ts';

export function useSession(): SessionView {
  return useSuspenseQuery(sessionQuery).data;
}

export function scopeOf(session: SessionView, permission: Permission): Scope {
  return session.permissions.find((entry) => entry.permission === permission)?.scope ?? 'none';
}

/** Whom a page is for: people with any one of these rights, or everybody who is signed in. */
export type Askers = readonly Permission[] | 'signed-in';

export type Can = (permission: Permission) => boolean;

export const mayOpen = (can: Can, askers: Askers): boolean => askers === 'signed-in' || askers.some(can);

/** May this person do it at all? The server decides about each record. */
export function useCan(): Can {
  const session = useSession();
  return (permission) => scopeOf(session, permission) !== 'none';
}
