/** What the audit log proves about itself in the running system. */
import type { EntryBody } from '#contract';
import { requestOf, sessionOf } from '#contract';
import type { Database } from '#database';
import { systemReach } from '#protections/encryption';
import type { PostureCheck } from '#protections/posture';

/** The newest entries of each organization that are compared. */
const sampleEntries = 200;

type Row = {
  id: string;
  at: Date;
  level: string;
  event: string;
  outcome: string;
  actor_id: string | null;
  session_id: string | null;
  subject_ids: string[];
  request_id: string | null;
  address: string | null;
  device: string | null;
  bytes: Buffer;
};

export function auditPosture(deps: { database: Database; organizations: () => Promise<string[]> }): PostureCheck[] {
  const { database, organizations } = deps;
  return [
    {
      id: 'audit-log.append_only',
      protection: 8,
      promise: 'Who serves people can add to the log and read it, not change or remove what stands there',
      run: async () => {
        const [row] = await database.outside(
          (sql) => sql`
            SELECT string_agg(privilege, ', ' ORDER BY privilege) AS rights FROM unnest(
              ARRAY['DELETE', 'INSERT', 'REFERENCES', 'SELECT', 'TRIGGER', 'TRUNCATE', 'UPDATE']) AS privilege
            WHERE has_table_privilege(current_user, 'audit_entries', privilege)
              OR (privilege IN ('INSERT', 'REFERENCES', 'SELECT', 'UPDATE')
                AND has_any_column_privilege(current_user, 'audit_entries', privilege))`,
        );
        const rights = String(row!['rights'] ?? '');
        return { ok: rights === 'INSERT, SELECT', evidence: { rights } };
      },
    },
    {
      id: 'audit-log.columns_match',
      protection: 8,
      promise: 'The newest entries read as they were recorded, and the columns by which they are found say the same',
      run: async () => {
        const evidence = { entries: 0, different: 0 };
        const ids = await organizations();
        for (const id of ids) {
          const rows = (await database.read(
            systemReach(id),
            (tx) =>
              tx`SELECT * FROM audit_entries WHERE organization_id = ${id} ORDER BY id DESC LIMIT ${sampleEntries}`,
          )) as unknown as Row[];
          evidence.entries += rows.length;
          evidence.different += rows.filter((row) => !saysTheSame(row, id)).length;
        }
        // An organization comes into being with an entry: a log that is empty was emptied.
        return { ok: evidence.different === 0 && (ids.length === 0 || evidence.entries > 0), evidence };
      },
    },
  ];
}

function saysTheSame(row: Row, organizationId: string): boolean {
  const body = readBody(row.bytes);
  if (body === undefined) return false;
  const recorded = [
    body.organization,
    body.id,
    body.at,
    body.level,
    body.event,
    body.outcome,
    body.actor.id,
    // Versions before did not keep an API key there.
    row.session_id === null ? body.session : sessionOf(body),
    body.subject.ids,
    requestOf(body),
    body.address,
    body.device,
  ];
  const found = [
    organizationId,
    row.id,
    row.at.toISOString(),
    row.level,
    row.event,
    row.outcome,
    row.actor_id,
    row.session_id,
    row.subject_ids,
    row.request_id,
    row.address,
    row.device,
  ];
  return JSON.stringify(recorded) === JSON.stringify(found);
}

function readBody(bytes: Buffer): EntryBody | undefined {
  try {
    return JSON.parse(bytes.toString('utf8')) as EntryBody;
  } catch {
    return undefined;
  }
}
