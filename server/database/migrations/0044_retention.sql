-- How long entries of the log are kept. Owned by protections/audit-log/retention.

-- One row: for how many days entries of a level are kept, from when it was said on; NULL: for ever. All that was ever said stays.
CREATE TABLE retention_rules (
  organization_id uuid NOT NULL REFERENCES organizations,
  level text NOT NULL CHECK (level IN ('security', 'data', 'administration', 'system', 'plugin')),
  said_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  days integer CHECK (days BETWEEN 180 AND 36500),
  said_by uuid NOT NULL,
  PRIMARY KEY (organization_id, level, said_at),
  FOREIGN KEY (organization_id, said_by) REFERENCES people (organization_id, id)
);

-- One row: a legal hold. While it stands, nothing of what it is about is deleted from the log.
CREATE TABLE legal_holds (
  organization_id uuid NOT NULL REFERENCES organizations,
  id uuid NOT NULL,
  subject_kind text NOT NULL CHECK (subject_kind IN ('all', 'person', 'record')),
  subject_id uuid CHECK ((subject_id IS NULL) = (subject_kind = 'all')),
  -- The reason, under the organization’s key.
  sealed bytea NOT NULL,
  placed_by uuid NOT NULL,
  placed_at timestamptz NOT NULL,
  lifted_by uuid,
  lifted_at timestamptz,
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, placed_by) REFERENCES people (organization_id, id),
  FOREIGN KEY (organization_id, lifted_by) REFERENCES people (organization_id, id),
  CHECK ((lifted_by IS NULL) = (lifted_at IS NULL))
);

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['retention_rules', 'legal_holds'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY %I ON %I TO lubart_app USING (organization_id = (SELECT lubart_organization()))
      WITH CHECK (organization_id = (SELECT lubart_organization()))', name || '_own', name);
    EXECUTE format('CREATE TRIGGER asks_entry AFTER INSERT OR UPDATE OR DELETE ON %I
      FOR EACH ROW EXECUTE FUNCTION lubart_changed()', name);
  END LOOP;
END $$;
GRANT SELECT, INSERT (organization_id, level, days, said_by) ON retention_rules TO lubart_app;
GRANT SELECT, INSERT, UPDATE (sealed, lifted_by, lifted_at) ON legal_holds TO lubart_app;

-- The days that count for a level: the longest of what was said within the last week and of what stood before, so that nobody who got
-- in shortens them today and deletes tomorrow. NULL: for ever.
CREATE FUNCTION lubart_days_kept(asked text) RETURNS integer LANGUAGE sql STABLE AS $$
  WITH said AS (
    SELECT days, said_at > now() - interval '7 days' AS is_fresh,
      said_at = max(said_at) FILTER (WHERE said_at <= now() - interval '7 days') OVER () AS stands
    FROM retention_rules WHERE organization_id = (SELECT lubart_organization()) AND level = asked
  ), counts AS (
    SELECT days FROM said WHERE is_fresh OR stands
    UNION ALL
    SELECT CASE WHEN asked IN ('system', 'plugin') THEN 365 ELSE 1095 END
    WHERE NOT EXISTS (SELECT FROM said WHERE stands)
  )
  SELECT CASE WHEN bool_or(days IS NULL) THEN NULL ELSE max(days) END FROM counts
$$;

-- Whether an entry’s time is over and no hold is about it. Entries that say what was deleted stay for ever.
CREATE FUNCTION lubart_is_over(asked_level text, written_at timestamptz, asked_event text, actor uuid, subjects uuid[])
RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT asked_event <> 'audit.pruned'
    AND coalesce(written_at < now() - make_interval(days => lubart_days_kept(asked_level)), false)
    AND NOT EXISTS (
      SELECT FROM legal_holds h
      WHERE h.organization_id = (SELECT lubart_organization()) AND h.lifted_at IS NULL
        AND (h.subject_kind = 'all' OR h.subject_id = actor OR h.subject_id = ANY (subjects)))
$$;

-- Attack: whoever took the app over deletes what it wrote yesterday. The app deletes nothing; it may ask the database to, which lets
-- nothing go whose time is not over. Returns what is gone.
CREATE POLICY audit_entries_prune ON audit_entries FOR DELETE TO lubart_door USING (true);
CREATE POLICY retention_rules_door ON retention_rules FOR SELECT TO lubart_door USING (true);
CREATE POLICY legal_holds_door ON legal_holds FOR SELECT TO lubart_door USING (true);
GRANT DELETE ON audit_entries TO lubart_door;
GRANT SELECT (organization_id, level, said_at, days) ON retention_rules TO lubart_door;
GRANT SELECT (organization_id, subject_kind, subject_id, lifted_at) ON legal_holds TO lubart_door;
CREATE FUNCTION lubart_prune_entries(asked uuid[]) RETURNS SETOF uuid
  LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public
AS $function$
  DELETE FROM audit_entries e
  WHERE e.organization_id = lubart_organization() AND e.id = ANY (asked)
    AND lubart_is_over(e.level, e.at, e.event, e.actor_id, e.subject_ids)
  RETURNING e.id
$function$;
ALTER FUNCTION lubart_prune_entries(uuid[]) OWNER TO lubart_door;
REVOKE ALL ON FUNCTION lubart_prune_entries(uuid[]) FROM public;
GRANT EXECUTE ON FUNCTION lubart_prune_entries(uuid[]) TO lubart_app;
CREATE TRIGGER asks_entry AFTER DELETE ON audit_entries FOR EACH ROW EXECUTE FUNCTION lubart_changed();
