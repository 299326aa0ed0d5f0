/** The fields of a kind that are closed to who is signed in. */
import { useMemo } from 'react';
import { useSession } from '../app/session.tsx';
import type { Closed } from './closed.ts';
import { closedOf } from './closed.ts';
import type { RecordKind } from './kind.ts';

export function useClosed({ declaration }: Pick<RecordKind, 'declaration'>): Closed {
  const { fields } = useSession();
  return useMemo(() => closedOf(declaration, fields), [declaration, fields]);
}
