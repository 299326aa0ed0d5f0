/** Loads the messages when the first one comes. */
import { lazy, Suspense, useEffect, useState } from 'react';
import { onFirstMessage } from './tell.ts';

const Messages = lazy(() => import('./Messages.tsx'));

export function MessageHost() {
  const [needed, setNeeded] = useState(false);
  useEffect(() => onFirstMessage(() => setNeeded(true)), []);
  return needed ? (
    <Suspense fallback={null}>
      <Messages />
    </Suspense>
  ) : null;
}
