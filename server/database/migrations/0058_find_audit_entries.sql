-- A client who is in a third of all entries and one who is in ten want different plans: the first is found along the log, the second by the
-- index of subjects. A plan kept for everybody is made without knowing whom (after five askings, or at once for a function in SQL before
-- PostgreSQL 18), and cost the first 0.3 s in a million entries. So it is made for each asking. Owned by protections/audit-log.
CREATE OR REPLACE FUNCTION lubart_find_audit_entries(subject uuid, before uuid, maximum int)
  RETURNS SETOF uuid LANGUAGE plpgsql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public
  SET plan_cache_mode = force_custom_plan
  AS $function$
  BEGIN
    RETURN QUERY SELECT e.id FROM audit_entries e
      WHERE e.organization_id = (SELECT lubart_organization()) AND e.subject_ids @> ARRAY[subject]
        AND (before IS NULL OR e.id < before)
      ORDER BY e.id DESC LIMIT maximum;
  END $function$;
