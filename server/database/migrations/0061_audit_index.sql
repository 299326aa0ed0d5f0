-- The index of the log: the columns by which entries are found stand in a table of their own. It is written in bulk, when the entries have got
-- their places in the tree; in the act itself each of nine indexes was opened and closed for one row, a third of what an entry cost
-- PostgreSQL (docs/decisions/0033). What has not been indexed yet is found by its place or its transaction. The app reads the index, and only
-- a reviewed function writes it, out of the entries themselves. Owned by protections/audit-log.

-- One row: by what an entry is found.
CREATE TABLE audit_index (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  at timestamptz NOT NULL,
  level audit_level NOT NULL,
  event text NOT NULL,
  outcome audit_outcome NOT NULL,
  actor_id uuid,
  session_id uuid,
  subject_ids uuid[] NOT NULL,
  request_id text,
  address text,
  device text,
  PRIMARY KEY (organization_id, id)
);
-- That there is such an organization was asked row by row, a quarter of what sealing cost; the row that says how large its tree is asks it once.
ALTER TABLE audit_leaves DROP CONSTRAINT audit_leaves_organization_id_fkey;

-- One row: up to which place the log of an organization is indexed.
CREATE TABLE audit_indexed (
  organization_id uuid PRIMARY KEY REFERENCES organizations,
  places bigint NOT NULL
);

ALTER TABLE audit_entries NO FORCE ROW LEVEL SECURITY;
ALTER TABLE audit_leaves NO FORCE ROW LEVEL SECURITY;
INSERT INTO audit_index
  SELECT e.organization_id, e.id, e.at, e.level, e.event, e.outcome, e.actor_id, e.session_id, e.subject_ids, e.request_id, e.address, e.device
  FROM audit_leaves l JOIN audit_entries e ON e.organization_id = l.organization_id AND e.id = l.entry_id;
INSERT INTO audit_indexed SELECT organization_id, max(position) + 1 FROM audit_leaves GROUP BY organization_id;
ALTER TABLE audit_entries FORCE ROW LEVEL SECURITY;
ALTER TABLE audit_leaves FORCE ROW LEVEL SECURITY;

DROP INDEX audit_entries_actor, audit_entries_address, audit_entries_device, audit_entries_event, audit_entries_level, audit_entries_outcome,
  audit_entries_request, audit_entries_session, audit_entries_subjects;
CREATE INDEX audit_index_actor ON audit_index (organization_id, actor_id, id);
CREATE INDEX audit_index_address ON audit_index (organization_id, address, id);
CREATE INDEX audit_index_device ON audit_index (organization_id, device, id);
CREATE INDEX audit_index_event ON audit_index (organization_id, event, id);
CREATE INDEX audit_index_level ON audit_index (organization_id, level, id);
CREATE INDEX audit_index_outcome ON audit_index (organization_id, id) WHERE outcome = 'refused';
CREATE INDEX audit_index_request ON audit_index (organization_id, request_id, id);
CREATE INDEX audit_index_session ON audit_index (organization_id, session_id, id) WHERE session_id IS NOT NULL;
CREATE INDEX audit_index_subjects ON audit_index USING gin (subject_ids);

ALTER TABLE audit_index ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_index FORCE ROW LEVEL SECURITY;
CREATE POLICY audit_index_read ON audit_index FOR SELECT TO lubart_app USING (organization_id = (SELECT lubart_organization()));
CREATE POLICY audit_index_door ON audit_index FOR SELECT TO lubart_door USING (true);
CREATE POLICY audit_index_append ON audit_index FOR INSERT TO lubart_door WITH CHECK (organization_id = lubart_organization());
CREATE POLICY audit_index_prune ON audit_index FOR DELETE TO lubart_door USING (true);
GRANT SELECT ON audit_index TO lubart_app;
GRANT SELECT, INSERT, DELETE ON audit_index TO lubart_door;
ALTER TABLE audit_indexed ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_indexed FORCE ROW LEVEL SECURITY;
CREATE POLICY audit_indexed_read ON audit_indexed FOR SELECT TO lubart_app USING (organization_id = (SELECT lubart_organization()));
CREATE POLICY audit_indexed_door ON audit_indexed TO lubart_door
  USING (organization_id = (SELECT lubart_organization()));
GRANT SELECT ON audit_indexed TO lubart_app;
GRANT SELECT, INSERT, UPDATE ON audit_indexed TO lubart_door;

-- Indexes what got its place since, and says how many places that were; as many as asked for: there may be more. Who finds another at it leaves
-- it to them.
CREATE FUNCTION lubart_index_entries(maximum int) RETURNS int
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER
  SET search_path = pg_catalog, public SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $function$
DECLARE
  own uuid := lubart_organization();
  first bigint;
  ends bigint;
BEGIN
  INSERT INTO audit_indexed VALUES (own, 0) ON CONFLICT DO NOTHING;
  SELECT places INTO first FROM audit_indexed WHERE organization_id = own FOR UPDATE SKIP LOCKED;
  IF NOT FOUND THEN RETURN 0; END IF;
  SELECT least(max(position) + 1, first + maximum) INTO ends FROM audit_leaves WHERE organization_id = own;
  IF ends IS NULL OR ends <= first THEN RETURN 0; END IF;
  INSERT INTO audit_index
    SELECT e.organization_id, e.id, e.at, e.level, e.event, e.outcome, e.actor_id, e.session_id, e.subject_ids, e.request_id, e.address, e.device
    FROM audit_leaves l JOIN audit_entries e ON e.organization_id = l.organization_id AND e.id = l.entry_id
    WHERE l.organization_id = own AND l.position >= first AND l.position < ends
      AND NOT EXISTS (SELECT FROM audit_index i WHERE i.organization_id = e.organization_id AND i.id = e.id);
  UPDATE audit_indexed SET places = ends WHERE organization_id = own;
  RETURN ends - first;
END $function$;
ALTER FUNCTION lubart_index_entries(int) OWNER TO lubart_door;
REVOKE EXECUTE ON FUNCTION lubart_index_entries(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION lubart_index_entries(int) TO lubart_app;

-- Empties the index; it is made anew from the entries, which are found without it until then.
CREATE FUNCTION lubart_empty_index() RETURNS void
  LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public
AS $function$
  DELETE FROM audit_index WHERE organization_id = lubart_organization();
  UPDATE audit_indexed SET places = 0 WHERE organization_id = lubart_organization();
$function$;
ALTER FUNCTION lubart_empty_index() OWNER TO lubart_door;
REVOKE EXECUTE ON FUNCTION lubart_empty_index() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION lubart_empty_index() TO lubart_app;

-- What a search has to look at beside the index: entries with a place that is not indexed yet, and those without a place. A second’s worth.
CREATE FUNCTION lubart_fresh_entries() RETURNS SETOF audit_index
  LANGUAGE plpgsql STABLE ROWS 100
  SET search_path = pg_catalog, public SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $function$
DECLARE
  own uuid := lubart_organization();
  first bigint := coalesce((SELECT places FROM audit_indexed WHERE organization_id = own), 0);
  unsealed xid8 := coalesce((SELECT pg_snapshot_xmin(snapshot) FROM audit_trees WHERE organization_id = own), '0');
BEGIN
  RETURN QUERY
    SELECT e.organization_id, e.id, e.at, e.level, e.event, e.outcome, e.actor_id, e.session_id, e.subject_ids, e.request_id, e.address, e.device
    FROM audit_leaves l JOIN audit_entries e ON e.organization_id = l.organization_id AND e.id = l.entry_id
    WHERE l.organization_id = own AND l.position >= first;
  RETURN QUERY
    SELECT e.organization_id, e.id, e.at, e.level, e.event, e.outcome, e.actor_id, e.session_id, e.subject_ids, e.request_id, e.address, e.device
    FROM audit_entries e
    WHERE e.organization_id = own AND e.written_in >= unsealed
      AND NOT EXISTS (SELECT FROM audit_leaves l WHERE l.organization_id = e.organization_id AND l.entry_id = e.id);
END $function$;

CREATE OR REPLACE FUNCTION lubart_find_audit_entries(subject uuid, before uuid, maximum int)
  RETURNS SETOF uuid LANGUAGE plpgsql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public
  SET plan_cache_mode = force_custom_plan
  AS $function$
  BEGIN
    RETURN QUERY
      (SELECT i.id FROM audit_index i
        WHERE i.organization_id = (SELECT lubart_organization()) AND i.subject_ids @> ARRAY[subject] AND (before IS NULL OR i.id < before)
        ORDER BY i.id DESC LIMIT maximum)
      UNION ALL
      (SELECT f.id FROM lubart_fresh_entries() f WHERE f.subject_ids @> ARRAY[subject] AND (before IS NULL OR f.id < before))
      ORDER BY id DESC LIMIT maximum;
  END $function$;

CREATE OR REPLACE FUNCTION lubart_prune_entries(asked uuid[]) RETURNS SETOF uuid
  LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public
AS $function$
  WITH gone AS (
    DELETE FROM audit_entries e
    WHERE e.organization_id = lubart_organization() AND e.id = ANY (asked)
      AND lubart_is_over(e.level, e.at, e.event, e.actor_id, e.subject_ids) AND NOT lubart_is_marked(e.id)
    RETURNING e.id
  ), apart AS (
    DELETE FROM audit_strays s USING gone WHERE s.organization_id = lubart_organization() AND s.entry_id = gone.id
  ), indexed AS (
    DELETE FROM audit_index i USING gone WHERE i.organization_id = lubart_organization() AND i.id = gone.id
  )
  SELECT id FROM gone
$function$;
