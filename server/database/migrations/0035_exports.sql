-- One row: a file of clients that somebody prepared to take along. Its bytes lie in export_chunks, sealed under its own key; once it
-- is fetched, given up, over or erased, that key is gone. Owned by server/crm/exports.
CREATE TABLE exports (
  organization_id uuid NOT NULL REFERENCES organizations,
  id uuid NOT NULL,
  person_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('contact', 'company')),
  format text NOT NULL CHECK (format IN ('xlsx', 'csv')),
  protection text NOT NULL CHECK (protection IN ('password', 'age', 'plain')),
  state text NOT NULL CHECK (state IN ('preparing', 'ready', 'fetched', 'ended', 'failed')),
  rows_out integer NOT NULL DEFAULT 0,
  size_bytes bigint NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  fetched_at timestamptz,
  -- Under the organization’s key; NULL when the file may not be opened any more.
  record_key bytea CHECK (record_key IS NOT NULL OR state NOT IN ('preparing', 'ready')),
  -- Why it was taken without protection, under the organization’s key.
  reason_sealed bytea,
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, person_id) REFERENCES people (organization_id, id)
);

CREATE INDEX exports_of_person ON exports (organization_id, person_id, created_at);

-- One row: a piece of a prepared file, sealed under the export’s own key.
CREATE TABLE export_chunks (
  organization_id uuid NOT NULL,
  export_id uuid NOT NULL,
  number integer NOT NULL,
  sealed bytea NOT NULL,
  PRIMARY KEY (organization_id, export_id, number),
  FOREIGN KEY (organization_id, export_id) REFERENCES exports (organization_id, id) ON DELETE CASCADE
);

ALTER TABLE export_chunks ALTER COLUMN sealed SET STORAGE EXTERNAL;

-- One row: how much of its clients an organization lets out at once and in a day. Owned by server/crm/exports.
CREATE TABLE export_rules (
  organization_id uuid PRIMARY KEY REFERENCES organizations,
  version integer NOT NULL,
  rules jsonb NOT NULL,
  changed_at timestamptz NOT NULL
);

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['exports', 'export_chunks', 'export_rules'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY %I ON %I TO lubart_app USING (organization_id = (SELECT lubart_organization()))
      WITH CHECK (organization_id = (SELECT lubart_organization()))', name || '_own', name);
  END LOOP;
END $$;

GRANT SELECT, INSERT, UPDATE ON exports, export_rules TO lubart_app;
GRANT SELECT, INSERT, DELETE ON export_chunks TO lubart_app;
