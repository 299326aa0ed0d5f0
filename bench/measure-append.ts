/**
 * Thirty-two clients who each wait for their entry to be on disk, and then write the next one; beside it the same for a plain INSERT of
 * the same columns into a table with a primary key and nothing else, each client on a connection of its own.
 */
import { connect } from '#database';
import { newId } from '#kernel';
import { openAuditLog } from '#protections/audit-log';
import { floorAddress } from './floor-database.ts';
import type { LogBench } from './log-parts.ts';
import { inTurn, middle } from './log-parts.ts';
import { actorOf } from './measured-actor.ts';

export type AppendResult = { clients: number; perSecond: number; floorPerSecond: number; ratio: number };

const clients = 32;
const rounds = 9;
const sliceSeconds = 0.6;

export async function measureAppend({ company, address, database, keyring, clock }: LogBench): Promise<AppendResult> {
  const plain = await openPlainLog(address);
  const auditLog = openAuditLog(database, keyring, clock);
  const actor = actorOf(company);
  const { organizationId, personId, name, address: from, device } = actor;
  const what = {
    event: 'contact.updated',
    subjectKind: 'contact',
    subjectIds: [company.samples[0]!.id],
    facts: { fields: ['notes'] },
  } as const;
  try {
    const taken = await inTurn(rounds, {
      lubart: () =>
        drive(() => auditLog.recordAlone({ organizationId, actor, address: from, device, requestId: newId() }, what)),
      floor: () =>
        drive((client) => {
          const [id, at, requestId] = [newId(), clock.now(), newId()];
          const bytes = Buffer.from(
            JSON.stringify({
              v: 1,
              id,
              at,
              organizationId,
              actor: { personId, name },
              from,
              device,
              requestId,
              ...what,
            }),
          );
          return plain.insert(client, [organizationId, id, at, 'data', what.event, 'done', personId, null])(
            what.subjectIds,
            [requestId, from, device, bytes],
          );
        }),
    });
    return {
      clients,
      perSecond: middle(taken.lubart),
      floorPerSecond: middle(taken.floor),
      ratio: middle(taken.lubart.map((one, at) => one / taken.floor[at]!)),
    };
  } finally {
    await auditLog.close();
    await plain.close();
  }
}

/** Acts a second. */
async function drive(act: (client: number) => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  const until = startedAt + sliceSeconds * 1000;
  let done = 0;
  const client = async (_: unknown, at: number) => {
    while (performance.now() < until) {
      await act(at);
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return (done * 1000) / (performance.now() - startedAt);
}

async function openPlainLog(address: LogBench['address']) {
  const connections = Array.from({ length: clients }, () => connect(floorAddress(address), 'admin'));
  await connections[0]!.unsafe(`DROP TABLE IF EXISTS plain_log;
    CREATE TABLE plain_log (organization_id uuid NOT NULL, id uuid NOT NULL, at timestamptz NOT NULL, level text NOT NULL,
      event text NOT NULL, outcome text NOT NULL, actor_id uuid, session_id uuid, subject_ids uuid[] NOT NULL, request_id text,
      address text, device text, bytes bytea NOT NULL, PRIMARY KEY (organization_id, id))`);
  return {
    insert:
      (client: number, head: readonly (string | Date | null)[]) =>
      (subjectIds: readonly string[], rest: readonly (string | Buffer | null)[]) =>
        connections[client]!.unsafe(
          'INSERT INTO plain_log VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)',
          [...head, [...subjectIds], ...rest],
          { prepare: true },
        ),
    close: async () => {
      await connections[0]!.unsafe('DROP TABLE plain_log');
      await Promise.all(connections.map((one) => one.end({ timeout: 1 })));
    },
  };
}
