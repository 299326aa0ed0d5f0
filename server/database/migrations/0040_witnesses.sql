-- Witnesses of the log (C2SP tlog-witness). Owned by protections/audit-log/witness.

-- One row: a witness outside, to whom the heads of this organization’s log are sent, and what it confirmed last.
CREATE TABLE audit_witnesses (
  organization_id uuid NOT NULL REFERENCES organizations,
  id uuid NOT NULL,
  address text NOT NULL,
  key text NOT NULL,
  added_at timestamptz NOT NULL,
  size bigint NOT NULL DEFAULT 0 CHECK (size >= 0),
  confirmed_at timestamptz,
  -- The head with the signatures of the log and of the witness, as it was confirmed last.
  note text,
  tried_at timestamptz,
  next_at timestamptz NOT NULL,
  failures integer NOT NULL DEFAULT 0,
  problem text CHECK (problem IN ('unreachable', 'refused', 'answer_wrong', 'clock_wrong', 'forked')),
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, key)
);

-- One row: somebody else’s log that this organization is the witness of, and the head that it confirmed last. It stays when the
-- watching ends: whoever is watched again goes on from there.
CREATE TABLE witnessed_logs (
  organization_id uuid NOT NULL REFERENCES organizations,
  id uuid NOT NULL,
  origin text NOT NULL,
  key text NOT NULL,
  added_at timestamptz NOT NULL,
  removed_at timestamptz,
  size bigint NOT NULL DEFAULT 0 CHECK (size >= 0),
  root bytea CHECK (octet_length(root) = 32),
  cosigned_at timestamptz,
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, origin)
);

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['audit_witnesses', 'witnessed_logs']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY %I ON %I TO lubart_app USING (organization_id = (SELECT lubart_organization()))
      WITH CHECK (organization_id = (SELECT lubart_organization()))', name || '_own', name);
  END LOOP;
END $$;
GRANT SELECT, INSERT, DELETE, UPDATE (size, confirmed_at, note, tried_at, next_at, failures, problem)
  ON audit_witnesses TO lubart_app;
GRANT SELECT, INSERT, UPDATE (key, removed_at, size, root, cosigned_at) ON witnessed_logs TO lubart_app;
-- A cosignature is put under the head that it confirms.
GRANT UPDATE (note) ON audit_checkpoints TO lubart_app;

CREATE TRIGGER asks_entry AFTER INSERT OR UPDATE OF organization_id, id, address, key, added_at OR DELETE ON audit_witnesses
  FOR EACH ROW EXECUTE FUNCTION lubart_changed();
CREATE TRIGGER asks_entry AFTER INSERT OR UPDATE OF organization_id, id, origin, key, added_at, removed_at OR DELETE
  ON witnessed_logs FOR EACH ROW EXECUTE FUNCTION lubart_changed();
