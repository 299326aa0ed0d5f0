-- One row: a client that was planted: nobody has a reason to open it, so whoever does is looking around. Owned by server/crm/decoys.
CREATE TABLE decoys (
  organization_id uuid NOT NULL REFERENCES organizations,
  record_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('contact', 'company')),
  planted_by uuid NOT NULL,
  planted_at timestamptz NOT NULL,
  touches integer NOT NULL DEFAULT 0,
  touched_at timestamptz,
  PRIMARY KEY (organization_id, record_id),
  FOREIGN KEY (organization_id, planted_by) REFERENCES people (organization_id, id)
);

-- One row: up to which place of the audit log decoys were looked for. Owned by server/crm/decoys.
CREATE TABLE decoy_watches (
  organization_id uuid PRIMARY KEY REFERENCES organizations,
  position bigint NOT NULL
);

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['decoys', 'decoy_watches'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY %I ON %I TO lubart_app USING (organization_id = (SELECT lubart_organization()))
      WITH CHECK (organization_id = (SELECT lubart_organization()))', name || '_own', name);
  END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE, DELETE ON decoys TO lubart_app;
GRANT SELECT, INSERT, UPDATE ON decoy_watches TO lubart_app;

CREATE TRIGGER asks_entry AFTER INSERT OR UPDATE OR DELETE ON decoys FOR EACH ROW EXECUTE FUNCTION lubart_changed();
