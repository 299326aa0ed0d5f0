-- Entries whose moment lies more than a minute from that of their id (a clock was set) were known by a partial index. Nothing stands in it
-- on an ordinary day, and yet each entry paid twice the price of an index that holds it: PostgreSQL reads the expression of such an index anew
-- for every statement. So they stand in a table of their own, and only they pay. Whoever reads it asks the moments again.
-- Owned by protections/audit-log.

-- One row: an entry that strayed.
CREATE TABLE audit_strays (
  organization_id uuid NOT NULL REFERENCES organizations,
  entry_id uuid NOT NULL,
  PRIMARY KEY (organization_id, entry_id)
);
ALTER TABLE audit_entries NO FORCE ROW LEVEL SECURITY;
INSERT INTO audit_strays (organization_id, entry_id)
  SELECT organization_id, id FROM audit_entries
  WHERE nullif((uuid_extract_timestamp(id) - at) BETWEEN interval '-1 minute' AND interval '1 minute', false) IS NULL;
ALTER TABLE audit_entries FORCE ROW LEVEL SECURITY;
DROP INDEX audit_entries_strayed;

ALTER TABLE audit_strays ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_strays FORCE ROW LEVEL SECURITY;
CREATE POLICY audit_strays_append ON audit_strays FOR INSERT TO lubart_app
  WITH CHECK (organization_id = (SELECT lubart_organization()));
CREATE POLICY audit_strays_read ON audit_strays FOR SELECT TO lubart_app
  USING (organization_id = (SELECT lubart_organization()));
CREATE POLICY audit_strays_door ON audit_strays FOR SELECT TO lubart_door USING (true);
CREATE POLICY audit_strays_prune ON audit_strays FOR DELETE TO lubart_door USING (true);
GRANT SELECT, INSERT ON audit_strays TO lubart_app;
GRANT SELECT, DELETE ON audit_strays TO lubart_door;

CREATE OR REPLACE FUNCTION lubart_prune_entries(asked uuid[]) RETURNS SETOF uuid
  LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public
AS $function$
  WITH gone AS (
    DELETE FROM audit_entries e
    WHERE e.organization_id = lubart_organization() AND e.id = ANY (asked)
      AND lubart_is_over(e.level, e.at, e.event, e.actor_id, e.subject_ids) AND NOT lubart_is_marked(e.id)
    RETURNING e.id
  ), apart AS (
    DELETE FROM audit_strays s USING gone WHERE s.organization_id = lubart_organization() AND s.entry_id = gone.id
  )
  SELECT id FROM gone
$function$;
