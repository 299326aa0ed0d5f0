-- One row: one spreadsheet on its way in. Owned by crm/import-export.
CREATE TABLE imports (
  organization_id uuid NOT NULL REFERENCES organizations,
  id uuid NOT NULL,
  person_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('contacts', 'companies')),
  state text NOT NULL CHECK (state IN ('uploading', 'ready', 'running', 'finished', 'cancelled', 'failed', 'reverting', 'reverted')),
  size_bytes bigint NOT NULL,
  created_at timestamptz NOT NULL,
  started_at timestamptz,
  finished_at timestamptz,
  cancel_asked_at timestamptz,
  failure text,
  reverted_rows integer NOT NULL DEFAULT 0,
  kept_rows integer NOT NULL DEFAULT 0,
  record_key bytea NOT NULL,
  sealed bytea NOT NULL,
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, person_id) REFERENCES people (organization_id, id)
);

-- One row: a piece of the uploaded file, sealed under the import’s own key. Goes when the import is over.
CREATE TABLE import_chunks (
  organization_id uuid NOT NULL,
  import_id uuid NOT NULL,
  number integer NOT NULL,
  sealed bytea NOT NULL,
  PRIMARY KEY (organization_id, import_id, number),
  FOREIGN KEY (organization_id, import_id) REFERENCES imports (organization_id, id) ON DELETE CASCADE
);

ALTER TABLE import_chunks ALTER COLUMN sealed SET STORAGE EXTERNAL;

-- One row: one batch that was committed together with its clients. The primary key is what makes a resumed import exact:
-- a batch is either here with all of its rows or not at all.
CREATE TABLE import_batches (
  organization_id uuid NOT NULL,
  import_id uuid NOT NULL,
  number integer NOT NULL,
  rows_read integer NOT NULL,
  rows_updated integer NOT NULL,
  rows_skipped integer NOT NULL,
  rows_rejected integer NOT NULL,
  -- Where the last row of the batch begins: a resumed import goes on right after it.
  last_line integer NOT NULL,
  last_byte bigint NOT NULL,
  progress real NOT NULL,
  created_ids uuid[] NOT NULL,
  created_company_ids uuid[] NOT NULL DEFAULT '{}',
  committed_at timestamptz NOT NULL,
  reverted_at timestamptz,
  PRIMARY KEY (organization_id, import_id, number),
  FOREIGN KEY (organization_id, import_id) REFERENCES imports (organization_id, id) ON DELETE CASCADE
);

-- One row: what a client was before this import changed it, sealed, and the version that the import left.
CREATE TABLE import_updates (
  organization_id uuid NOT NULL,
  import_id uuid NOT NULL,
  batch_number integer NOT NULL,
  record_id uuid NOT NULL,
  version_after integer NOT NULL,
  before_sealed bytea NOT NULL,
  PRIMARY KEY (organization_id, import_id, record_id, version_after),
  FOREIGN KEY (organization_id, import_id) REFERENCES imports (organization_id, id) ON DELETE CASCADE
);

-- One row: a row of the file that was not taken, with the reasons.
CREATE TABLE import_rejections (
  organization_id uuid NOT NULL,
  import_id uuid NOT NULL,
  line integer NOT NULL,
  sealed bytea NOT NULL,
  PRIMARY KEY (organization_id, import_id, line),
  FOREIGN KEY (organization_id, import_id) REFERENCES imports (organization_id, id) ON DELETE CASCADE
);

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['imports', 'import_chunks', 'import_batches', 'import_updates', 'import_rejections'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY %I ON %I TO lubart_app USING (organization_id = (SELECT lubart_organization()))
      WITH CHECK (organization_id = (SELECT lubart_organization()))', name || '_own', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO lubart_app', name);
  END LOOP;
END $$;

-- An import sorts the tokens of each batch into the blind index at once: left in the index’s waiting list, they would be read one
-- by one by every search. Belongs to the owner of the tables, because only an owner may; it takes nothing and answers nothing.
CREATE FUNCTION lubart_sort_tokens() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public
AS $$
BEGIN
  PERFORM gin_clean_pending_list('public.contact_search_tokens'), gin_clean_pending_list('public.company_search_tokens');
END $$;
REVOKE ALL ON FUNCTION lubart_sort_tokens() FROM public;
GRANT EXECUTE ON FUNCTION lubart_sort_tokens() TO lubart_app;

-- After many clients came in, the planner learns how much there is now.
CREATE FUNCTION lubart_count_clients() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public
AS $$
BEGIN
  ANALYZE public.contacts, public.contact_search, public.companies, public.company_search;
END $$;
REVOKE ALL ON FUNCTION lubart_count_clients() FROM public;
GRANT EXECUTE ON FUNCTION lubart_count_clients() TO lubart_app;
