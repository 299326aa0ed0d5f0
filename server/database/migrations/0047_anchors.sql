-- Heads of the log that are kept outside. Owned by protections/audit-log/anchors.

-- One row: a place outside (a time stamping authority, letters, a Telegram chat, a bucket with object lock) to which the newest head of
-- this organization’s log goes on a schedule, and which head is kept there.
CREATE TABLE audit_anchors (
  organization_id uuid NOT NULL REFERENCES organizations,
  id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('stamp', 'letter', 'telegram', 'bucket')),
  -- Address and secrets, under the organization’s key.
  sealed bytea NOT NULL,
  every_minutes integer NOT NULL CHECK (every_minutes BETWEEN 15 AND 10080),
  added_at timestamptz NOT NULL,
  size bigint NOT NULL DEFAULT 0 CHECK (size >= 0),
  -- The head as it was kept there last, and its time stamp.
  note text,
  stamp bytea,
  anchored_at timestamptz,
  -- A letter that is on its way: kept only when it was delivered.
  letter_ids uuid[] NOT NULL DEFAULT '{}',
  letter_note text,
  letter_at timestamptz,
  tried_at timestamptz,
  next_at timestamptz NOT NULL,
  failures integer NOT NULL DEFAULT 0,
  problem text CHECK (problem IN ('unreachable', 'refused', 'answer_wrong', 'clock_wrong', 'not_delivered', 'not_locked', 'forked')),
  PRIMARY KEY (organization_id, id)
);

ALTER TABLE audit_anchors ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_anchors FORCE ROW LEVEL SECURITY;
CREATE POLICY audit_anchors_own ON audit_anchors TO lubart_app USING (organization_id = (SELECT lubart_organization()))
  WITH CHECK (organization_id = (SELECT lubart_organization()));
-- The settings are sealed anew when keys change.
GRANT SELECT, INSERT, DELETE, UPDATE (sealed, size, note, stamp, anchored_at, letter_ids, letter_note, letter_at, tried_at, next_at,
  failures, problem) ON audit_anchors TO lubart_app;

CREATE TRIGGER asks_entry AFTER INSERT OR UPDATE OF organization_id, id, kind, sealed, every_minutes, added_at OR DELETE
  ON audit_anchors FOR EACH ROW EXECUTE FUNCTION lubart_changed();
