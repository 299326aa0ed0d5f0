-- Every time stamp is kept, not only the newest. Owned by protections/audit-log/anchors.

-- One row: a time stamp (RFC 3161) of a head of this organization’s log, as the authority gave it. Of those that cover an entry the oldest
-- proves the earliest moment at which it stood there. It outlives the place that it was asked of: what it proves stays true.
CREATE TABLE audit_stamps (
  organization_id uuid NOT NULL REFERENCES organizations,
  anchor_id uuid NOT NULL,
  size bigint NOT NULL CHECK (size > 0),
  -- What was stamped, byte for byte.
  note text NOT NULL,
  stamp bytea NOT NULL,
  stamped_at timestamptz NOT NULL,
  PRIMARY KEY (organization_id, anchor_id, size)
);
CREATE INDEX audit_stamps_by_size ON audit_stamps (organization_id, size);

INSERT INTO audit_stamps (organization_id, anchor_id, size, note, stamp, stamped_at)
SELECT organization_id, id, size, note, stamp, anchored_at FROM audit_anchors WHERE stamp IS NOT NULL AND size > 0;
ALTER TABLE audit_anchors DROP COLUMN stamp;

ALTER TABLE audit_stamps ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_stamps FORCE ROW LEVEL SECURITY;
CREATE POLICY audit_stamps_own ON audit_stamps TO lubart_app USING (organization_id = (SELECT lubart_organization()))
  WITH CHECK (organization_id = (SELECT lubart_organization()));
GRANT SELECT, INSERT ON audit_stamps TO lubart_app;

-- A stamp goes when of everything that it was the first to cover nothing is kept any more; the newest of each place stays.
-- Attack: whoever took the app over throws away what dates the entries. The app deletes none, it may only ask for this.
CREATE POLICY audit_stamps_door ON audit_stamps TO lubart_door USING (true);
CREATE POLICY audit_leaves_door ON audit_leaves FOR SELECT TO lubart_door USING (true);
GRANT SELECT, DELETE ON audit_stamps TO lubart_door;
GRANT SELECT ON audit_leaves TO lubart_door;
CREATE FUNCTION lubart_prune_stamps() RETURNS SETOF bigint
  LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public
AS $function$
  DELETE FROM audit_stamps s USING (
    SELECT anchor_id, size, lag(size, 1, 0::bigint) OVER later AS first, lead(size) OVER later IS NULL AS is_newest
    FROM audit_stamps WHERE organization_id = lubart_organization()
    WINDOW later AS (PARTITION BY anchor_id ORDER BY size)) known
  WHERE s.organization_id = lubart_organization() AND s.anchor_id = known.anchor_id AND s.size = known.size
    AND NOT known.is_newest AND NOT EXISTS (
      SELECT FROM audit_leaves l JOIN audit_entries e ON e.organization_id = l.organization_id AND e.id = l.entry_id
      WHERE l.organization_id = lubart_organization() AND l.position >= known.first AND l.position < known.size)
  RETURNING s.size
$function$;
ALTER FUNCTION lubart_prune_stamps() OWNER TO lubart_door;
REVOKE ALL ON FUNCTION lubart_prune_stamps() FROM public;
GRANT EXECUTE ON FUNCTION lubart_prune_stamps() TO lubart_app;
