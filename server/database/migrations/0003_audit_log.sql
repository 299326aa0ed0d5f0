-- One row: one thing that happened or was refused. `bytes` is the record itself, exactly as it was made; the columns beside
-- it repeat parts of it so that it can be found, and nothing is believed that stands only there.
-- The app can add and read; it cannot change or remove. Owned by protections/audit-log.
CREATE TABLE audit_entries (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  at timestamptz NOT NULL,
  level text NOT NULL CHECK (level IN ('security', 'data', 'administration', 'system')),
  event text NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('done', 'refused')),
  actor_id uuid,
  session_id uuid,
  subject_ids uuid[] NOT NULL,
  bytes bytea NOT NULL,
  PRIMARY KEY (organization_id, id)
);
CREATE INDEX audit_entries_actor ON audit_entries (organization_id, actor_id, id);
CREATE INDEX audit_entries_outcome ON audit_entries (organization_id, id) WHERE outcome = 'refused';
CREATE INDEX audit_entries_level ON audit_entries (organization_id, level, id);
CREATE INDEX audit_entries_subjects ON audit_entries USING gin (subject_ids);

ALTER TABLE audit_entries ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_entries FORCE ROW LEVEL SECURITY;
CREATE POLICY audit_entries_read ON audit_entries FOR SELECT TO lubart_app
  USING (organization_id = (SELECT lubart_organization()));
CREATE POLICY audit_entries_append ON audit_entries FOR INSERT TO lubart_app
  WITH CHECK (organization_id = (SELECT lubart_organization()));
GRANT SELECT, INSERT ON audit_entries TO lubart_app;

-- Array containment is not leakproof, so under row-level security it would not use its index. This function applies the same
-- rule itself: only entries of the organization that asks.
CREATE POLICY audit_entries_door ON audit_entries FOR SELECT TO lubart_door USING (true);
GRANT SELECT ON audit_entries TO lubart_door;
CREATE FUNCTION lubart_find_audit_entries(subject uuid, before uuid, maximum integer) RETURNS SETOF uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
  BEGIN ATOMIC
    SELECT e.id FROM audit_entries e
    WHERE e.organization_id = (SELECT lubart_organization()) AND e.subject_ids @> ARRAY[subject]
      AND (before IS NULL OR e.id < before)
    ORDER BY e.id DESC LIMIT maximum;
  END;
ALTER FUNCTION lubart_find_audit_entries(uuid, uuid, integer) OWNER TO lubart_door;
REVOKE ALL ON FUNCTION lubart_find_audit_entries(uuid, uuid, integer) FROM public;
GRANT EXECUTE ON FUNCTION lubart_find_audit_entries(uuid, uuid, integer) TO lubart_app;
