/** Whoever leaves waits for no role any more; what was given for a time is taken by the step of temporary roles. */
import type { LeavingStep } from '../leaving/leaving-step.ts';
import { countOpenOf, endAllOf } from './elevation-store.ts';

export const elevationSteps: readonly LeavingStep[] = [
  {
    name: 'elevations',
    count: (tx, { organizationId, personId, at }) => countOpenOf(tx, organizationId, personId, at),
    end: (tx, { organizationId, personId, at }) => endAllOf(tx, organizationId, personId, at),
  },
];
