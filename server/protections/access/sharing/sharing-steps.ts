/** Whoever leaves takes no share along: neither what was shared with the person nor what the person shared with others. */
import type { LeavingStep } from '../leaving/leaving-step.ts';
import { endSharesAround, listSharesAround } from './share-store.ts';

export const sharingSteps: readonly LeavingStep[] = [
  {
    name: 'shares',
    count: async (tx, { organizationId, personId }) => (await listSharesAround(tx, organizationId, personId)).length,
    end: async (tx, { organizationId, personId }) => (await endSharesAround(tx, organizationId, personId)).length,
  },
];
