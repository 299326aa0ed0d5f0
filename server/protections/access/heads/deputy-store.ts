/** The only SQL on the table deputies. */
import type { Transaction } from '#database';

export type DeputyRow = {
  id: string;
  headId: string;
  deputyId: string;
  from: Date;
  until: Date;
};

/** Days are days in Kyiv, both of them included. */
export type NewDeputy = {
  organizationId: string;
  id: string;
  headId: string;
  deputyId: string;
  fromDay: string;
  untilDay: string;
  by: string;
  at: Date;
};

export async function insertDeputy(tx: Transaction, deputy: NewDeputy): Promise<DeputyRow> {
  const [row] = await tx<DeputyRow[]>`
    INSERT INTO deputies (organization_id, id, head_id, deputy_id, from_at, until_at, named_by, named_at)
    VALUES (${deputy.organizationId}, ${deputy.id}, ${deputy.headId}, ${deputy.deputyId},
      (${deputy.fromDay}::text::date)::timestamp AT TIME ZONE 'Europe/Kyiv',
      (${deputy.untilDay}::text::date + 1)::timestamp AT TIME ZONE 'Europe/Kyiv', ${deputy.by}, ${deputy.at})
    RETURNING id, head_id AS "headId", deputy_id AS "deputyId", from_at AS "from", until_at AS "until"`;
  return row!;
}

/** What stands or will stand. With `lock`, nobody ends one of them meanwhile. */
export async function listDeputies(
  tx: Transaction,
  organizationId: string,
  now: Date,
  lock = false,
): Promise<DeputyRow[]> {
  return tx<DeputyRow[]>`
    SELECT id, head_id AS "headId", deputy_id AS "deputyId", from_at AS "from", until_at AS "until" FROM deputies
    WHERE organization_id = ${organizationId} AND ended_at IS NULL AND until_at > ${now}
    ORDER BY from_at, id ${lock ? tx`FOR UPDATE` : tx``}`;
}

/** Whose place this person (everybody, when nobody is named) takes at this moment. */
export async function listStanding(
  tx: Transaction,
  organizationId: string,
  now: Date,
  deputyId?: string,
): Promise<{ headId: string; deputyId: string }[]> {
  return tx`
    SELECT s.head_id AS "headId", s.deputy_id AS "deputyId" FROM deputies s
    JOIN people p ON p.organization_id = s.organization_id AND p.id = s.head_id AND p.deactivated_at IS NULL
    WHERE s.organization_id = ${organizationId} AND s.ended_at IS NULL AND s.from_at <= ${now} AND s.until_at > ${now}
      ${deputyId === undefined ? tx`` : tx`AND s.deputy_id = ${deputyId}`}
    ORDER BY s.id`;
}

/** False when it ended meanwhile. */
export async function endDeputy(tx: Transaction, organizationId: string, id: string, at: Date): Promise<boolean> {
  const rows = await tx`
    UPDATE deputies SET ended_at = ${at}
    WHERE organization_id = ${organizationId} AND id = ${id} AND ended_at IS NULL AND until_at > ${at} RETURNING id`;
  return rows.length === 1;
}
