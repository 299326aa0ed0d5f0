/**
 * One of the two servers between which an entry is measured (measure-entry.ts): Lubart put together as it is, on one connection; a silent
 * one has a log that takes no entry of a change. Nobody seals, and no job is done. Ends with whoever started it.
 */
import { join } from 'node:path';
import type { DatabaseAddress, Transaction } from '#database';
import { sendStatement } from '#database';
import type { AuditLog } from '#protections/audit-log';
import { openLubart } from '../server/lubart.ts';
import type { Company } from './prepare-company.ts';
import { configOf, log } from './prepare-company.ts';

export type PairedPlan = { company: Pick<Company, 'folder' | 'keyFile'>; address: DatabaseAddress; silent: boolean };

/** Where it serves, and the process id of the backend that works for it. */
export type PairedAnswer = { origin: string; backend: number };

/** The statement of an act by itself. */
export const actSilently: AuditLog['recordWith'] = async (tx: Transaction, act) => void (await sendStatement(tx, act));

async function serve({ company, address, silent }: PairedPlan): Promise<PairedAnswer> {
  const { folder, keyFile } = company;
  const lubart = await openLubart({
    address,
    config: configOf(folder, keyFile),
    log,
    version: 'bench',
    connections: 1,
  });
  process.once('disconnect', () => void lubart.close());
  if (silent) lubart.auditLog.recordWith = actSilently;
  const origin = await lubart.listen(join(folder, 'no-web'));
  const [row] = await lubart.database.outside((sql) => sql`SELECT pg_backend_pid() AS pid`);
  return { origin, backend: row!['pid'] as number };
}

process.once('message', (plan: PairedPlan) => {
  serve(plan).then(
    (answer) => process.send!(answer),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
