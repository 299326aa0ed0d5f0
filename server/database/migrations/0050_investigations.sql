-- What is being looked into, and which entries of the log belong to it. Owned by protections/audit-log/investigations.

-- One row: an investigation.
CREATE TABLE investigations (
  organization_id uuid NOT NULL REFERENCES organizations,
  id uuid NOT NULL,
  -- Name, purpose and conclusion, under the organization’s key.
  sealed bytea NOT NULL,
  opened_by uuid NOT NULL,
  opened_at timestamptz NOT NULL,
  closed_by uuid,
  closed_at timestamptz,
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, opened_by) REFERENCES people (organization_id, id),
  FOREIGN KEY (organization_id, closed_by) REFERENCES people (organization_id, id),
  CHECK ((closed_by IS NULL) = (closed_at IS NULL))
);

-- One row: an entry that was marked, with a note under the organization’s key; or a part that goes on with a marked one, which has none.
CREATE TABLE investigation_marks (
  organization_id uuid NOT NULL REFERENCES organizations,
  id uuid NOT NULL,
  investigation_id uuid NOT NULL,
  entry_id uuid NOT NULL,
  part_of uuid,
  sealed bytea,
  marked_by uuid NOT NULL,
  marked_at timestamptz NOT NULL,
  removed_at timestamptz,
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, investigation_id, entry_id),
  FOREIGN KEY (organization_id, investigation_id) REFERENCES investigations (organization_id, id),
  FOREIGN KEY (organization_id, marked_by) REFERENCES people (organization_id, id)
);
CREATE INDEX investigation_marks_entry ON investigation_marks (organization_id, entry_id);

-- One row: a filter of the log that was kept under a title, both under the organization’s key.
CREATE TABLE investigation_filters (
  organization_id uuid NOT NULL REFERENCES organizations,
  id uuid NOT NULL,
  investigation_id uuid NOT NULL,
  sealed bytea NOT NULL,
  saved_by uuid NOT NULL,
  saved_at timestamptz NOT NULL,
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, investigation_id) REFERENCES investigations (organization_id, id),
  FOREIGN KEY (organization_id, saved_by) REFERENCES people (organization_id, id)
);
CREATE INDEX investigation_filters_of ON investigation_filters (organization_id, investigation_id);

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['investigations', 'investigation_marks', 'investigation_filters'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY %I ON %I TO lubart_app USING (organization_id = (SELECT lubart_organization()))
      WITH CHECK (organization_id = (SELECT lubart_organization()))', name || '_own', name);
    EXECUTE format('CREATE TRIGGER asks_entry AFTER INSERT OR UPDATE OR DELETE ON %I
      FOR EACH ROW EXECUTE FUNCTION lubart_changed()', name);
  END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE (sealed, closed_by, closed_at) ON investigations TO lubart_app;
GRANT SELECT, INSERT, UPDATE (part_of, sealed, marked_by, marked_at, removed_at) ON investigation_marks TO lubart_app;
-- Filters are sealed anew when keys change.
GRANT SELECT, INSERT, DELETE, UPDATE (sealed) ON investigation_filters TO lubart_app;

-- What is marked in an open investigation is not deleted, whatever its time; nor within a week after the mark was taken back or the
-- investigation closed, so that nobody who got in does that today and lets the night clear the traces away.
CREATE FUNCTION lubart_is_marked(asked uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (
    SELECT FROM investigation_marks m
      JOIN investigations i ON i.organization_id = m.organization_id AND i.id = m.investigation_id
    WHERE m.organization_id = (SELECT lubart_organization()) AND m.entry_id = asked
      AND (m.removed_at IS NULL OR m.removed_at > now() - interval '7 days')
      AND (i.closed_at IS NULL OR i.closed_at > now() - interval '7 days'))
$$;
CREATE POLICY investigations_door ON investigations FOR SELECT TO lubart_door USING (true);
CREATE POLICY investigation_marks_door ON investigation_marks FOR SELECT TO lubart_door USING (true);
GRANT SELECT (organization_id, id, closed_at) ON investigations TO lubart_door;
GRANT SELECT (organization_id, investigation_id, entry_id, removed_at) ON investigation_marks TO lubart_door;
CREATE OR REPLACE FUNCTION lubart_prune_entries(asked uuid[]) RETURNS SETOF uuid
  LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public
AS $function$
  DELETE FROM audit_entries e
  WHERE e.organization_id = lubart_organization() AND e.id = ANY (asked)
    AND lubart_is_over(e.level, e.at, e.event, e.actor_id, e.subject_ids) AND NOT lubart_is_marked(e.id)
  RETURNING e.id
$function$;
