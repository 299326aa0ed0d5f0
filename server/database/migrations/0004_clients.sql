-- Contacts and companies: the clients. What is personal is inside `sealed`, under `record_key`, which is itself wrapped by
-- the organization’s key; what lists filter and sort by stands plain. Owned by crm/contacts and crm/companies.
-- name_bucket is a coarse place in the alphabet (see crm/records/name-order): enough to page by name, too little to read one.

-- One row: one company (firm, institution, sole proprietor) that is or may become a client. The organization is proved by the
-- owner’s key; a key of its own would be checked once more for every client that comes in.
CREATE TABLE companies (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  owner_id uuid NOT NULL,
  department_id uuid NOT NULL,
  stage text NOT NULL,
  tags text[] NOT NULL DEFAULT '{}',
  name_bucket smallint NOT NULL,
  version integer NOT NULL DEFAULT 1 CHECK (version > 0),
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  archived_at timestamptz,
  record_key bytea NOT NULL,
  sealed bytea NOT NULL,
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, owner_id) REFERENCES people (organization_id, id),
  FOREIGN KEY (organization_id, department_id) REFERENCES departments (organization_id, id)
);

-- One row: one person whom the organization knows as a client.
CREATE TABLE contacts (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  owner_id uuid NOT NULL,
  department_id uuid NOT NULL,
  company_id uuid,
  stage text NOT NULL,
  legal_basis text NOT NULL,
  tags text[] NOT NULL DEFAULT '{}',
  next_step_on date,
  name_bucket smallint NOT NULL,
  version integer NOT NULL DEFAULT 1 CHECK (version > 0),
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  archived_at timestamptz,
  record_key bytea NOT NULL,
  sealed bytea NOT NULL,
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, owner_id) REFERENCES people (organization_id, id),
  FOREIGN KEY (organization_id, department_id) REFERENCES departments (organization_id, id),
  FOREIGN KEY (organization_id, company_id) REFERENCES companies (organization_id, id)
);
-- Sealed bytes do not shrink: long ones are put aside as they are.
ALTER TABLE companies ALTER COLUMN sealed SET STORAGE EXTERNAL;
ALTER TABLE contacts ALTER COLUMN sealed SET STORAGE EXTERNAL;
CREATE INDEX contacts_company ON contacts (organization_id, company_id) WHERE company_id IS NOT NULL;

-- Lists go by owner or by department, newest, last changed, or by name; the id is the time of making.
DO $$
DECLARE name text; holder text;
BEGIN
  FOREACH name IN ARRAY ARRAY['contacts', 'companies'] LOOP
    FOREACH holder IN ARRAY ARRAY['owner', 'department'] LOOP
      EXECUTE format('CREATE INDEX %I ON %I (organization_id, %I, id)', name || '_' || holder || '_created', name, holder || '_id');
      EXECUTE format('CREATE INDEX %I ON %I (organization_id, %I, updated_at, id)', name || '_' || holder || '_updated', name, holder || '_id');
      EXECUTE format('CREATE INDEX %I ON %I (organization_id, %I, name_bucket)', name || '_' || holder || '_name', name, holder || '_id');
    END LOOP;
  END LOOP;
END $$;

-- One row: the blind index of one record: keyed hashes of word prefixes, phone endings and e-mails. Holder columns stand in
-- the same index, so that a search in one’s own rows never walks through everybody’s.
CREATE TABLE contact_search (
  organization_id uuid NOT NULL,
  record_id uuid NOT NULL,
  owner_id uuid NOT NULL,
  department_id uuid NOT NULL,
  archived boolean NOT NULL DEFAULT false,
  tokens integer[] NOT NULL,
  PRIMARY KEY (organization_id, record_id),
  FOREIGN KEY (organization_id, record_id) REFERENCES contacts (organization_id, id) ON DELETE CASCADE
);
CREATE TABLE company_search (
  organization_id uuid NOT NULL,
  record_id uuid NOT NULL,
  owner_id uuid NOT NULL,
  department_id uuid NOT NULL,
  archived boolean NOT NULL DEFAULT false,
  tokens integer[] NOT NULL,
  PRIMARY KEY (organization_id, record_id),
  FOREIGN KEY (organization_id, record_id) REFERENCES companies (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX contact_search_tokens ON contact_search USING gin (owner_id, department_id, tokens);
CREATE INDEX company_search_tokens ON company_search USING gin (owner_id, department_id, tokens);

-- One row: where an organization’s alphabet is cut into buckets; the cuts are names, so they are sealed.
CREATE TABLE name_orders (
  organization_id uuid NOT NULL REFERENCES organizations,
  record_kind text NOT NULL CHECK (record_kind IN ('contact', 'company')),
  sealed bytea NOT NULL,
  made_at timestamptz NOT NULL,
  PRIMARY KEY (organization_id, record_kind)
);

-- Nothing is gained by knowing which sealed bytes and tokens are frequent, and the statistics would hold copies of them. Clients
-- that come in by the thousand are no reason to walk through the whole index again and again.
DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['contacts', 'companies'] LOOP
    EXECUTE format('ALTER TABLE %I ALTER COLUMN sealed SET STATISTICS 0, ALTER COLUMN record_key SET STATISTICS 0', name);
  END LOOP;
  FOREACH name IN ARRAY ARRAY['contact_search', 'company_search'] LOOP
    EXECUTE format('ALTER TABLE %I ALTER COLUMN tokens SET STATISTICS 0', name);
  END LOOP;
  FOREACH name IN ARRAY ARRAY['contacts', 'companies', 'contact_search', 'company_search'] LOOP
    EXECUTE format('ALTER TABLE %I SET (autovacuum_vacuum_insert_threshold = 100000, autovacuum_vacuum_insert_scale_factor = 1)', name);
  END LOOP;
END $$;

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['contacts', 'companies', 'contact_search', 'company_search'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    -- The same sentence reads, adds, changes and removes: in this organization, and within the scope of what is being done.
    EXECUTE format('CREATE POLICY %I ON %I TO lubart_app USING (
        organization_id = (SELECT lubart_organization()) AND (
          (SELECT lubart_scope() = ''all'')
          OR ((SELECT lubart_scope() = ''own'') AND owner_id = (SELECT lubart_person()))
          OR ((SELECT lubart_scope() = ''department'')
              AND (department_id = ANY ((SELECT lubart_departments())::uuid[]) OR owner_id = (SELECT lubart_person())))))',
      name || '_in_scope', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO lubart_app', name);
    -- Tokens are compared by operators that are not leakproof; the door below reads this table and applies the scope itself.
    IF name LIKE '%search' THEN
      EXECUTE format('CREATE POLICY %I ON %I FOR SELECT TO lubart_door USING (true)', name || '_door', name);
      EXECUTE format('GRANT SELECT ON %I TO lubart_door', name);
    END IF;
  END LOOP;
END $$;
ALTER TABLE name_orders ENABLE ROW LEVEL SECURITY;
ALTER TABLE name_orders FORCE ROW LEVEL SECURITY;
CREATE POLICY name_orders_own ON name_orders TO lubart_app
  USING (organization_id = (SELECT lubart_organization())) WITH CHECK (organization_id = (SELECT lubart_organization()));
GRANT SELECT, INSERT, UPDATE ON name_orders TO lubart_app;

-- Finds records that carry all of `wanted`, or (any_of) at least one; always inside the asker’s scope. Three plain queries
-- rather than one with OR, so that each is answered by one scan of the token index; the organization is compared in a form that
-- no other index answers (tokens of two organizations come from two keys, so few rows are compared in vain).
DO $$
DECLARE kind text;
BEGIN
  FOREACH kind IN ARRAY ARRAY['contact', 'company'] LOOP
    EXECUTE format($body$
      CREATE FUNCTION lubart_find_%1$s(wanted integer[], any_of boolean, in_trash boolean, maximum integer)
      RETURNS SETOF uuid LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
      -- Without statistics of tokens the planner would read every row. Many tokens are looked up one by one: measured, five
      -- times faster than one overlap with all of them.
      SET enable_seqscan = off SET enable_indexscan = off
      AS $function$
      DECLARE
        asker_organization uuid := lubart_organization();
        asker uuid := lubart_person();
        asker_departments uuid[] := lubart_departments();
        asker_scope text := lubart_scope();
      BEGIN
        IF asker_organization IS NULL THEN RETURN; END IF;
        IF asker_scope = 'own' AND any_of THEN
          RETURN QUERY SELECT DISTINCT hit.record_id FROM unnest(wanted) AS w (token) CROSS JOIN LATERAL (
            SELECT s.record_id FROM %1$s_search s WHERE s.owner_id = asker AND s.tokens @> ARRAY[w.token]
              AND s.organization_id IS NOT DISTINCT FROM asker_organization AND s.archived = in_trash LIMIT maximum) AS hit
            LIMIT maximum;
        ELSIF asker_scope = 'own' THEN
          RETURN QUERY SELECT s.record_id FROM %1$s_search s WHERE s.owner_id = asker AND s.tokens @> wanted
            AND s.organization_id IS NOT DISTINCT FROM asker_organization AND s.archived = in_trash LIMIT maximum;
        ELSIF asker_scope IN ('department', 'all') AND any_of THEN
          RETURN QUERY SELECT DISTINCT hit.record_id FROM unnest(wanted) AS w (token) CROSS JOIN LATERAL (
            SELECT s.record_id FROM %1$s_search s WHERE s.tokens @> ARRAY[w.token]
              AND s.organization_id IS NOT DISTINCT FROM asker_organization AND s.archived = in_trash
              AND (asker_scope = 'all' OR s.department_id = ANY (asker_departments) OR s.owner_id = asker) LIMIT maximum) AS hit
            LIMIT maximum;
        ELSIF asker_scope IN ('department', 'all') THEN
          RETURN QUERY SELECT s.record_id FROM %1$s_search s WHERE s.tokens @> wanted
            AND s.organization_id IS NOT DISTINCT FROM asker_organization AND s.archived = in_trash
            AND (asker_scope = 'all' OR s.department_id = ANY (asker_departments) OR s.owner_id = asker) LIMIT maximum;
        END IF;
      END $function$
    $body$, kind);
    EXECUTE format('ALTER FUNCTION lubart_find_%s(integer[], boolean, boolean, integer) OWNER TO lubart_door', kind);
    EXECUTE format('REVOKE ALL ON FUNCTION lubart_find_%s(integer[], boolean, boolean, integer) FROM public', kind);
    EXECUTE format('GRANT EXECUTE ON FUNCTION lubart_find_%s(integer[], boolean, boolean, integer) TO lubart_app', kind);
  END LOOP;
END $$;
