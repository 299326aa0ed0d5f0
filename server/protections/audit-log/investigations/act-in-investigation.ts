/** One act in an investigation, and how what is written there is read. */
import type { EventName, InvestigationView } from '#contract';
import type { Transaction } from '#database';
import { LubartError } from '#kernel';
import type { Actor } from '#protections/access';
import { readLine } from '#protections/access';
import { doerOf } from '#protections/audit-log';
import type { OrganizationSeals } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import type { InvestigationRow } from './investigation-store.ts';
import { findInvestigation, investigationPlace } from './investigation-store.ts';
import type { InvestigationDeps } from './routes.ts';
import type { InvestigationText } from './view-investigation.ts';
import { viewInvestigation } from './view-investigation.ts';

export const about = (id: string) => ({ subjectKind: 'investigation', subjectIds: [id] });

/** Lines of their own, trimmed; empty is allowed. @throws request.invalid */
export function readText(text: string, field: string): string {
  const lines = text.normalize('NFC').split(/\r?\n/);
  return lines
    .map((line) => (line.trim() === '' ? '' : readLine(line, field)))
    .join('\n')
    .trim();
}

type Given = { tx: Transaction; row: InvestigationRow; seals: OrganizationSeals; text: InvestigationText };

/**
 * One act in an investigation: locked, found in the state in which the act is possible, done, recorded. The work returns the facts of
 * the entry. @throws investigation.not_found, investigation.closed, investigation.open
 */
export function openActs(deps: InvestigationDeps) {
  const { database, keyring, auditLog } = deps;
  return async (
    actor: Actor,
    id: string,
    event: EventName,
    work: (given: Given) => Promise<Record<string, unknown>>,
  ): Promise<InvestigationView> => {
    const { organizationId } = actor;
    const [seals, nameOf] = [await keyring.of(organizationId), await deps.nameOf(organizationId)];
    const after = await database.act(systemReach(organizationId), async (tx) => {
      const row = await findInvestigation(tx, organizationId, id, true);
      if (row === undefined) throw new LubartError('investigation.not_found');
      if ((row.closed_at === null) === (event === 'investigation.reopened'))
        throw new LubartError(row.closed_at === null ? 'investigation.open' : 'investigation.closed');
      const text = seals.open<InvestigationText>(investigationPlace(id), row.sealed);
      const facts = await work({ tx, row, seals, text });
      await auditLog.record(tx, seals, doerOf(actor), { event, ...about(id), facts });
      return (await findInvestigation(tx, organizationId, id))!;
    });
    return viewInvestigation(seals, actor, after, nameOf);
  };
}
