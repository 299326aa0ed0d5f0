-- The order of the log and its Merkle tree (RFC 6962, tiles after C2SP tlog-tiles). Owned by protections/audit-log/tree.

-- The transaction that wrote the entry: the database says it, the app cannot. What one snapshot did not see and the next one sees
-- has been committed in between, whatever its id or time: so no entry is skipped, however commits overlap.
ALTER TABLE audit_entries ADD COLUMN written_in xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE INDEX audit_entries_written ON audit_entries (organization_id, written_in);
REVOKE INSERT ON audit_entries FROM lubart_app;
GRANT INSERT (organization_id, id, at, level, event, outcome, actor_id, session_id, subject_ids, bytes)
  ON audit_entries TO lubart_app;

-- One row: how far the log of an organization is sealed. Everything that `snapshot` sees has its place, positions below `size`.
CREATE TABLE audit_trees (
  organization_id uuid PRIMARY KEY REFERENCES organizations,
  size bigint NOT NULL CHECK (size >= 0),
  snapshot pg_snapshot NOT NULL
);

-- One row: the place of an entry in the order of the log.
CREATE TABLE audit_leaves (
  organization_id uuid NOT NULL REFERENCES organizations,
  position bigint NOT NULL CHECK (position >= 0),
  entry_id uuid NOT NULL,
  PRIMARY KEY (organization_id, position),
  UNIQUE (organization_id, entry_id)
);

-- One row: up to 256 hashes of the tree, one after another. Only tiles at the right edge grow.
CREATE TABLE audit_tiles (
  organization_id uuid NOT NULL REFERENCES organizations,
  level smallint NOT NULL CHECK (level BETWEEN 0 AND 7),
  index bigint NOT NULL CHECK (index >= 0),
  hashes bytea NOT NULL CHECK (octet_length(hashes) BETWEEN 32 AND 8192 AND octet_length(hashes) % 32 = 0),
  PRIMARY KEY (organization_id, level, index)
);

-- One row: a head of the tree as it was signed (C2SP tlog-checkpoint), the newest and those that are kept.
CREATE TABLE audit_checkpoints (
  organization_id uuid NOT NULL REFERENCES organizations,
  size bigint NOT NULL CHECK (size > 0),
  note text NOT NULL,
  signed_at timestamptz NOT NULL,
  PRIMARY KEY (organization_id, size)
);

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['audit_trees', 'audit_leaves', 'audit_tiles', 'audit_checkpoints']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY %I ON %I TO lubart_app USING (organization_id = (SELECT lubart_organization()))
      WITH CHECK (organization_id = (SELECT lubart_organization()))', name || '_own', name);
  END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE (size, snapshot) ON audit_trees TO lubart_app;
GRANT SELECT, INSERT ON audit_leaves TO lubart_app;
GRANT SELECT, INSERT, UPDATE (hashes) ON audit_tiles TO lubart_app;
GRANT SELECT, INSERT, DELETE ON audit_checkpoints TO lubart_app;

-- Which organizations have entries that no place was given yet.
CREATE POLICY audit_trees_door ON audit_trees FOR SELECT TO lubart_door USING (true);
GRANT SELECT ON audit_trees TO lubart_door;
CREATE FUNCTION lubart_unsealed_organizations() RETURNS SETOF uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
  BEGIN ATOMIC
    SELECT o.organization_id FROM organizations o
      LEFT JOIN audit_trees t ON t.organization_id = o.organization_id
    WHERE EXISTS (
      SELECT 1 FROM audit_entries e
      WHERE e.organization_id = o.organization_id
        AND e.written_in >= coalesce(pg_snapshot_xmin(t.snapshot), '0'::xid8)
        AND (t.snapshot IS NULL OR NOT pg_visible_in_snapshot(e.written_in, t.snapshot)));
  END;
ALTER FUNCTION lubart_unsealed_organizations() OWNER TO lubart_door;
REVOKE ALL ON FUNCTION lubart_unsealed_organizations() FROM public;
GRANT EXECUTE ON FUNCTION lubart_unsealed_organizations() TO lubart_app;

-- Whether any head was ever signed here: then the key that signed must be there.
CREATE POLICY audit_checkpoints_door ON audit_checkpoints FOR SELECT TO lubart_door USING (true);
GRANT SELECT ON audit_checkpoints TO lubart_door;
CREATE FUNCTION lubart_has_checkpoints() RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
  BEGIN ATOMIC
    SELECT EXISTS (SELECT 1 FROM audit_checkpoints);
  END;
ALTER FUNCTION lubart_has_checkpoints() OWNER TO lubart_door;
REVOKE ALL ON FUNCTION lubart_has_checkpoints() FROM public;
GRANT EXECUTE ON FUNCTION lubart_has_checkpoints() TO lubart_app;
