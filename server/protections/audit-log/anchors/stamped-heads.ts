/** Time stamps for files of evidence: which of them cover what is shown, and what they are. */
import type { Database, Transaction } from '#database';
import type { StampedHeads } from '#protections/audit-log/tree';
import { systemReach } from '#protections/encryption';
import { firstStampedSizes, stampedSizes, stampsAt } from './stamp-store.ts';

export function stampedHeads(database: Database, organizationId: string): StampedHeads {
  const read = <T>(work: (tx: Transaction) => Promise<T>) => database.read(systemReach(organizationId), work);
  return {
    ofPiece: (from, to) => read((tx) => stampedSizes(tx, organizationId, { from, to })),
    ofPlaces: (places) => read((tx) => firstStampedSizes(tx, organizationId, places)),
    at: (size) => read((tx) => stampsAt(tx, organizationId, size)),
  };
}
