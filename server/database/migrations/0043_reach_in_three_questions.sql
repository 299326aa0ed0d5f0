-- How far the asker reaches, said once for each holder of a row: the person whose rows are reached, the departments whose rows are,
-- or everything. Seven questions about the scope stood in every statement on clients; beginning them cost more than the rows of a
-- list. What each lets through is the same: test/two-walls.test.ts. Owned by server/database.

CREATE FUNCTION lubart_reached_person() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  RETURN CASE WHEN lubart_scope() IN ('own', 'department') THEN lubart_person() END;

CREATE FUNCTION lubart_reached_departments() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE
  RETURN CASE WHEN lubart_scope() = 'department' THEN lubart_departments() ELSE '{}' END;

-- One’s own rows are asked about first: most people reach nothing else.
DO $$
DECLARE
  clients text;
BEGIN
  FOREACH clients IN ARRAY ARRAY['contacts', 'companies', 'contact_search', 'company_search'] LOOP
    EXECUTE format('ALTER POLICY %I ON %I USING (
        organization_id = (SELECT lubart_organization()) AND (
          owner_id = (SELECT lubart_reached_person())
          OR department_id = ANY ((SELECT lubart_reached_departments())::uuid[])
          OR (SELECT lubart_scope() = ''all'')))', clients || '_in_scope', clients);
  END LOOP;
END $$;
