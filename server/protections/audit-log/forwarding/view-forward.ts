/** A receiver as it is shown: how far it is, for how long it has been behind, what failed last. Nothing of it opens anything. */
import type { ForwardView } from '#contract';
import { forwardFile } from './append-file.ts';
import { describeClient } from './client-certificate.ts';
import type { ForwardRow, Waiting } from './forward-store.ts';

export function viewOf(row: ForwardRow & Waiting, folder: string, now: Date): ForwardView {
  const next = Number(row.next_index);
  return {
    id: row.id,
    kind: row.kind,
    form: row.form,
    address: row.kind === 'file' ? forwardFile({ folder, id: row.id, form: row.form }) : row.address,
    withNames: row.with_names,
    ownAuthority: row.authority !== null,
    addedAt: row.added_at.toISOString(),
    next,
    deliveredAt: row.delivered_at?.toISOString() ?? null,
    waiting: Math.max(0, Number(row.size) - next),
    waitsSince: row.waits_since?.toISOString() ?? null,
    lagSeconds: lagSecondsOf(row, now),
    triedAt: row.tried_at?.toISOString() ?? null,
    problem: row.problem,
    lastFailure:
      row.failed_at === null || row.failed_why === null
        ? null
        : { at: row.failed_at.toISOString(), problem: row.failed_why },
    gone: Number(row.sent_gone),
    changed: Number(row.sent_changed),
    pausedAt: row.paused_at?.toISOString() ?? null,
    client: describeClient(row.certificate, now),
  };
}

/** An entry is older than the receiver where the log is sent from its beginning: that is no delay. */
export function lagSecondsOf(row: ForwardRow & Waiting, now: Date): number {
  if (row.waits_since === null) return 0;
  const since = Math.max(row.waits_since.getTime(), row.delivered_at?.getTime() ?? 0, row.added_at.getTime());
  return Math.max(0, Math.round((now.getTime() - since) / 1000));
}
