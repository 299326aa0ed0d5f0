/**
 * The schema as text, read from the catalogue in a fixed order: what `schema.sql` holds. A fresh installation and an upgraded
 * one must read the same, on every PostgreSQL we support, so it says what is, not how a dump tool of some version writes it.
 */
import type { Sql } from './connect.ts';

/** Tables with columns, keys, indexes, policies, grants, triggers and rules; then domains and functions. Only of schema public: the job queue keeps its own. */
export async function describeSchema(connection: Sql): Promise<string> {
  const tables = await connection`
    SELECT c.oid::int AS oid, c.relname AS name, c.relrowsecurity AS secured, c.relforcerowsecurity AS forced,
      obj_description(c.oid, 'pg_class') AS comment
    FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace ORDER BY c.relname`;
  const parts: string[] = [];
  for (const table of tables) parts.push(await describeTable(connection, table as unknown as Table));
  return `${[...parts, ...(await describeDomains(connection)), ...(await describeFunctions(connection))].join('\n\n')}\n`;
}

type Table = { oid: number; name: string; secured: boolean; forced: boolean; comment: string | null };

async function describeTable(connection: Sql, { oid, name, secured, forced }: Table): Promise<string> {
  const [columns, constraints, indexes, policies, grants, triggers, rules] = await Promise.all([
    connection`
      SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS required, pg_get_expr(d.adbin, d.adrelid) AS fallback
      FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
      WHERE a.attrelid = ${oid} AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`,
    connection`
      SELECT conname AS name, pg_get_constraintdef(oid) AS definition FROM pg_constraint
      WHERE conrelid = ${oid} AND contype IN ('p', 'u', 'f', 'c', 'x') ORDER BY contype, conname`,
    connection`
      SELECT pg_get_indexdef(i.indexrelid) AS definition FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
      WHERE i.indrelid = ${oid} AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u'))
      ORDER BY c.relname`,
    connection`
      SELECT policyname AS name, cmd, permissive, array_to_string(roles, ', ') AS roles, qual, with_check FROM pg_policies
      WHERE schemaname = 'public' AND tablename = ${name} ORDER BY policyname`,
    connection`
      SELECT grantee, string_agg(privilege_type, ', ' ORDER BY privilege_type) AS rights FROM information_schema.role_table_grants
      WHERE table_schema = 'public' AND table_name = ${name} AND grantee LIKE 'lubart\\_%' GROUP BY grantee ORDER BY grantee`,
    connection`
      SELECT pg_get_triggerdef(oid, true) AS definition FROM pg_trigger WHERE tgrelid = ${oid} AND NOT tgisinternal ORDER BY tgname`,
    connection`
      SELECT pg_get_ruledef(oid) AS definition FROM pg_rewrite WHERE ev_class = ${oid} ORDER BY rulename`,
  ]);
  const lines = [
    ...columns.map(
      (c) =>
        `  ${c['name']} ${c['type']}${c['required'] ? ' NOT NULL' : ''}${c['fallback'] === null ? '' : ` DEFAULT ${c['fallback']}`}`,
    ),
    ...constraints.map((c) => `  CONSTRAINT ${c['name']} ${c['definition']}`),
  ];
  return [
    `CREATE TABLE ${name} (\n${lines.join(',\n')}\n);`,
    ...indexes.map((index) => `${index['definition']};`),
    ...(secured ? [`ALTER TABLE ${name} ENABLE ROW LEVEL SECURITY;`] : []),
    ...(forced ? [`ALTER TABLE ${name} FORCE ROW LEVEL SECURITY;`] : []),
    ...policies.map((p) => {
      const check = p['with_check'] === null ? '' : ` WITH CHECK (${p['with_check']})`;
      const using = p['qual'] === null ? '' : ` USING (${p['qual']})`;
      return `CREATE POLICY ${p['name']} ON ${name} AS ${p['permissive']} FOR ${p['cmd']} TO ${p['roles']}${using}${check};`;
    }),
    ...grants.map((grant) => `GRANT ${grant['rights']} ON ${name} TO ${grant['grantee']};`),
    ...triggers.map((trigger) => `${trigger['definition']};`),
    ...rules.map((rule) => rule['definition'] as string),
  ].join('\n');
}

async function describeDomains(connection: Sql): Promise<string[]> {
  const rows = await connection`
    SELECT t.typname AS name, format_type(t.typbasetype, t.typtypmod) AS type, (
      SELECT string_agg(format(' CONSTRAINT %s %s', c.conname, pg_get_constraintdef(c.oid)), '' ORDER BY c.conname)
      FROM pg_constraint c WHERE c.contypid = t.oid) AS checks
    FROM pg_type t WHERE t.typtype = 'd' AND t.typnamespace = 'public'::regnamespace ORDER BY t.typname`;
  return rows.map((row) => `CREATE DOMAIN ${row['name']} AS ${row['type']}${row['checks'] ?? ''};`);
}

async function describeFunctions(connection: Sql): Promise<string[]> {
  const rows = await connection`
    SELECT pg_get_functiondef(p.oid) AS definition, pg_get_userbyid(p.proowner) AS owner, p.proname AS name,
      (SELECT string_agg(coalesce(r.rolname, 'public'), ', ' ORDER BY r.rolname)
       FROM aclexplode(p.proacl) a LEFT JOIN pg_roles r ON r.oid = a.grantee WHERE r.rolname LIKE 'lubart\\_%' OR r.rolname IS NULL) AS callers
    FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.proname LIKE 'lubart\\_%' ORDER BY p.proname`;
  return rows.map((row) => {
    const owner = String(row['owner']).startsWith('lubart_') ? `\n-- owner ${row['owner']}` : '';
    return `${String(row['definition']).trimEnd()};${owner}\n-- callable by ${row['callers'] ?? 'everybody'}`;
  });
}
