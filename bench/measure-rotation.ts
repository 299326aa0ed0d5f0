/**
 * An organization’s key replaced while nobody works: how many values a second are sealed anew. Beside it the plain UPDATE of all clients
 * by the superuser, before and after: one statement that writes back what stands there.
 */
import { connect } from '#database';
import { systemReach } from '#protections/encryption';
import { openAuditLog } from '#protections/audit-log';
import type { RotationDeps } from '#protections/encryption/rotation';
import { beginRotation, goOnRotating, viewKeys } from '#protections/encryption/rotation';
import type { LogBench } from './log-parts.ts';
import { secondsOf } from './log-parts.ts';
import { openMeter } from './processes.ts';

export type RotationResult = {
  values: number;
  perSecond: number;
  floorPerSecond: number;
  seconds: number;
  /** Of processor time, Node and PostgreSQL together. */
  processorSeconds: number;
};

export async function measureRotation(given: LogBench): Promise<RotationResult> {
  const { company, address, database, root, keyring, clock } = given;
  const { organizationId } = company;
  const auditLog = openAuditLog(database, keyring, clock);
  const deps: RotationDeps = {
    database,
    keyring,
    rootFile: root,
    auditLog,
    clock,
    organizations: async () => [organizationId],
    indexed: [],
    files: [],
    ask: async () => {},
  };
  const doer = { organizationId, actor: null, address: 'local', device: 'bench', requestId: 'bench' };
  const before = await plainUpdate(address, organizationId);
  await beginRotation(deps, doer, 'organization', async () => {});
  const meter = openMeter(company.dataFolder);
  const spentBefore = meter();
  const seconds = await secondsOf(() => goOnRotating(deps, organizationId, new AbortController().signal));
  const processorSeconds = (meter() - spentBefore) / 1000;
  const [done] = (await viewKeys(deps, organizationId)).rotations;
  if (done === undefined || done.finishedAt === null) throw new Error('the rotation did not end');
  await auditLog.close();
  const floor = (before + (await plainUpdate(address, organizationId))) / 2;
  const values = await database.read(
    systemReach(organizationId, 'all'),
    async (tx) =>
      (await tx`SELECT count(*)::int AS n FROM contacts WHERE organization_id = ${organizationId}`)[0]!['n'],
  );
  return {
    values: done.done,
    seconds,
    processorSeconds,
    perSecond: done.done / seconds,
    floorPerSecond: (values as number) / floor,
  };
}

async function plainUpdate(address: LogBench['address'], organizationId: string): Promise<number> {
  const admin = connect(address, 'admin');
  try {
    return await secondsOf(
      () => admin`UPDATE contacts SET record_key = record_key WHERE organization_id = ${organizationId}`,
    );
  } finally {
    await admin.end();
  }
}
