/** Waits for acts that need a fresh proof, asks for it once, and lets them go on. The dialog is loaded when it is needed. */
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { onProofNeeded } from '../api/call.ts';

const StepUp = lazy(() => import('./StepUp.tsx'));

export function StepUpHost() {
  const [asking, setAsking] = useState(false);
  const waiting = useRef<((proved: boolean) => void)[]>([]);
  useEffect(() => {
    onProofNeeded(
      () =>
        new Promise((resolve) => {
          waiting.current.push(resolve);
          setAsking(true);
        }),
    );
    return () => onProofNeeded(() => Promise.resolve(false));
  }, []);
  const end = (proved: boolean) => {
    setAsking(false);
    for (const tell of waiting.current.splice(0)) tell(proved);
  };
  if (!asking) return null;
  return (
    <Suspense fallback={null}>
      <StepUp onProved={() => end(true)} onCancel={() => end(false)} />
    </Suspense>
  );
}
