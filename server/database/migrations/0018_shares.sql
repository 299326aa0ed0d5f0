-- Clients that are shared for a time with a colleague or a department. Owned by protections/access (sharing).

-- One row: one contact or company is shared with one person, or with a department and everything below it. It counts while
-- `ended_at` is null and `until` lies ahead by the clock of the database: one clock for both walls. `sealed` holds the reason.
CREATE TABLE shares (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  contact_id uuid,
  company_id uuid,
  person_id uuid,
  department_id uuid,
  may_edit boolean NOT NULL,
  shared_by uuid NOT NULL,
  created_at timestamptz NOT NULL,
  until timestamptz NOT NULL,
  ended_at timestamptz,
  ended_why text CHECK (ended_why IN ('withdrawn', 'replaced', 'expired', 'left')),
  sealed bytea,
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, contact_id) REFERENCES contacts (organization_id, id) ON DELETE CASCADE,
  FOREIGN KEY (organization_id, company_id) REFERENCES companies (organization_id, id) ON DELETE CASCADE,
  FOREIGN KEY (organization_id, person_id) REFERENCES people (organization_id, id),
  FOREIGN KEY (organization_id, department_id) REFERENCES departments (organization_id, id) ON DELETE CASCADE,
  FOREIGN KEY (organization_id, shared_by) REFERENCES people (organization_id, id),
  CHECK (num_nonnulls(contact_id, company_id) = 1),
  CHECK (num_nonnulls(person_id, department_id) = 1),
  CHECK ((ended_at IS NULL) = (ended_why IS NULL)),
  CHECK (until > created_at AND until <= created_at + interval '366 days')
);
CREATE INDEX shares_contact ON shares (organization_id, contact_id) WHERE contact_id IS NOT NULL;
CREATE INDEX shares_company ON shares (organization_id, company_id) WHERE company_id IS NOT NULL;
CREATE INDEX shares_person ON shares (organization_id, person_id) WHERE person_id IS NOT NULL AND ended_at IS NULL;
CREATE INDEX shares_department ON shares (organization_id, department_id) WHERE department_id IS NOT NULL AND ended_at IS NULL;
CREATE INDEX shares_open ON shares (organization_id, until) WHERE ended_at IS NULL;

ALTER TABLE shares ENABLE ROW LEVEL SECURITY;
ALTER TABLE shares FORCE ROW LEVEL SECURITY;
CREATE POLICY shares_own ON shares TO lubart_app
  USING (organization_id = (SELECT lubart_organization())) WITH CHECK (organization_id = (SELECT lubart_organization()));
GRANT SELECT, INSERT, UPDATE ON shares TO lubart_app;

-- What the doors below read, and nothing more of it.
CREATE POLICY shares_door ON shares FOR SELECT TO lubart_door USING (true);
CREATE POLICY departments_door ON departments FOR SELECT TO lubart_door USING (true);
CREATE POLICY contacts_door ON contacts FOR SELECT TO lubart_door USING (true);
CREATE POLICY companies_door ON companies FOR SELECT TO lubart_door USING (true);
GRANT SELECT (organization_id, contact_id, company_id, person_id, department_id, may_edit, until, ended_at) ON shares TO lubart_door;
GRANT SELECT (organization_id, id, parent_id) ON departments TO lubart_door;
GRANT SELECT (organization_id, id, owner_id, department_id, archived_at) ON contacts, companies TO lubart_door;

-- The records of one kind that are shared with the asker now. Nothing, unless this transaction says that it uses the permission to
-- read them, or (then only those shared for editing) to change them: who exports, hands on or shares finds nothing here.
CREATE FUNCTION lubart_shared(kind text, to_change boolean) RETURNS SETOF uuid
  LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER ROWS 100 SET search_path = pg_catalog, public
AS $function$
DECLARE
  asker_organization uuid := lubart_organization();
  asker uuid := lubart_person();
  used text := coalesce(current_setting('lubart.shares', true), 'none');
  only_editable boolean := used = kind || '.update';
  homes uuid[];
BEGIN
  IF asker_organization IS NULL OR asker IS NULL OR lubart_scope() = 'none' THEN RETURN; END IF;
  IF NOT only_editable AND (to_change OR used <> kind || '.read') THEN RETURN; END IF;
  RETURN QUERY SELECT CASE kind WHEN 'contact' THEN s.contact_id ELSE s.company_id END FROM shares s
    WHERE s.organization_id = asker_organization AND s.person_id = asker AND s.ended_at IS NULL AND s.until > now()
      AND (s.may_edit OR NOT only_editable) AND CASE kind WHEN 'contact' THEN s.contact_id ELSE s.company_id END IS NOT NULL;
  -- A department and everything below it: so the asker’s own department and everything above it.
  WITH RECURSIVE home AS (
    SELECT p.department_id AS id FROM people p WHERE p.organization_id = asker_organization AND p.id = asker
    UNION
    SELECT d.parent_id FROM departments d JOIN home h ON d.id = h.id WHERE d.organization_id = asker_organization AND d.parent_id IS NOT NULL
  )
  SELECT array_agg(home.id) INTO homes FROM home;
  RETURN QUERY SELECT CASE kind WHEN 'contact' THEN s.contact_id ELSE s.company_id END FROM shares s
    WHERE s.organization_id = asker_organization AND s.department_id = ANY (homes) AND s.ended_at IS NULL AND s.until > now()
      AND (s.may_edit OR NOT only_editable) AND CASE kind WHEN 'contact' THEN s.contact_id ELSE s.company_id END IS NOT NULL;
END $function$;

-- Whether a record may become this row: it stood within the asker’s scope before, or it keeps its holder and its place in or out of
-- the trash. A statement that asks sees the record as it was.
CREATE FUNCTION lubart_holds(kind text, record_id uuid, owner_id uuid, department_id uuid, archived boolean) RETURNS boolean
  LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, public
AS $function$
DECLARE
  old record;
BEGIN
  IF kind = 'contact' THEN
    SELECT r.owner_id, r.department_id, r.archived_at INTO old FROM contacts r WHERE r.organization_id = lubart_organization() AND r.id = record_id;
  ELSE
    SELECT r.owner_id, r.department_id, r.archived_at INTO old FROM companies r WHERE r.organization_id = lubart_organization() AND r.id = record_id;
  END IF;
  RETURN coalesce(
    CASE lubart_scope()
      WHEN 'all' THEN true
      WHEN 'own' THEN old.owner_id = lubart_person()
      WHEN 'department' THEN old.owner_id = lubart_person() OR old.department_id = ANY (lubart_departments())
    END
    OR (old.owner_id = $3 AND old.department_id = $4 AND (old.archived_at IS NOT NULL) = $5), false);
END $function$;

ALTER FUNCTION lubart_shared(text, boolean) OWNER TO lubart_door;
ALTER FUNCTION lubart_holds(text, uuid, uuid, uuid, boolean) OWNER TO lubart_door;
REVOKE ALL ON FUNCTION lubart_shared(text, boolean), lubart_holds(text, uuid, uuid, uuid, boolean) FROM public;
GRANT EXECUTE ON FUNCTION lubart_shared(text, boolean), lubart_holds(text, uuid, uuid, uuid, boolean) TO lubart_app;

-- Beside the policies by scope: what is shared is read, and what is shared for editing is changed, but never added, never removed,
-- never put into the trash and never given to another holder. The list is asked for once per statement, and only when a row was
-- not within scope already.
DO $$
DECLARE kind text; name text; record text; archived text;
BEGIN
  FOREACH kind IN ARRAY ARRAY['contact', 'company'] LOOP
    FOREACH name IN ARRAY ARRAY[CASE kind WHEN 'contact' THEN 'contacts' ELSE 'companies' END, kind || '_search'] LOOP
      record := CASE WHEN name LIKE '%search' THEN 'record_id' ELSE 'id' END;
      archived := CASE WHEN name LIKE '%search' THEN 'archived' ELSE 'archived_at IS NOT NULL' END;
      EXECUTE format('CREATE POLICY %I ON %I FOR SELECT TO lubart_app
        USING (organization_id = (SELECT lubart_organization()) AND %I IN (SELECT lubart_shared(%L, false)))',
        name || '_shared', name, record, kind);
      EXECUTE format('CREATE POLICY %I ON %I FOR UPDATE TO lubart_app
        USING (organization_id = (SELECT lubart_organization()) AND %I IN (SELECT lubart_shared(%L, true)))
        WITH CHECK (organization_id = (SELECT lubart_organization()) AND %I IN (SELECT lubart_shared(%L, true)))',
        name || '_shared_edit', name, record, kind, record, kind);
      -- Attack: who may edit a shared client makes it the own one; the policy by scope would welcome the new row.
      EXECUTE format('CREATE POLICY %I ON %I AS RESTRICTIVE FOR UPDATE TO lubart_app USING (true)
        WITH CHECK ((SELECT current_setting(''lubart.shares'', true) IS DISTINCT FROM %L)
          OR %I NOT IN (SELECT lubart_shared(%L, true)) OR lubart_holds(%L, %I, owner_id, department_id, %s))',
        name || '_shared_kept', name, kind || '.update', record, kind, kind, record, archived);
    END LOOP;
  END LOOP;
END $$;

-- The doors of the search (0004), now with what is shared: those few are looked up one by one.
DO $$
DECLARE kind text;
BEGIN
  FOREACH kind IN ARRAY ARRAY['contact', 'company'] LOOP
    EXECUTE format($body$
      CREATE OR REPLACE FUNCTION lubart_find_%1$s(wanted integer[], any_of boolean, in_trash boolean, maximum integer)
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
        shared uuid[];
      BEGIN
        IF asker_organization IS NULL THEN RETURN; END IF;
        IF asker_scope IN ('own', 'department') THEN
          shared := ARRAY(SELECT lubart_shared('%1$s', false));
          IF cardinality(shared) > 0 THEN
            RETURN QUERY SELECT s.record_id FROM %1$s_search s
              WHERE s.organization_id = asker_organization AND s.record_id = ANY (shared) AND s.archived = in_trash
                AND CASE WHEN any_of THEN s.tokens && wanted ELSE s.tokens @> wanted END LIMIT maximum;
          END IF;
        END IF;
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
  END LOOP;
END $$;
