-- Keys of an organization can be replaced while people work. A key is announced (created_at), seals (current_at), only opens
-- (retired_at) and is gone (destroyed_at, its bytes emptied). `mark` stands in front of what it sealed. Owned by protections/encryption.
ALTER TABLE organization_keys ADD COLUMN mark integer, ADD COLUMN current_at timestamptz, ADD COLUMN destroyed_at timestamptz;
ALTER TABLE organization_keys NO FORCE ROW LEVEL SECURITY;
UPDATE organization_keys SET current_at = created_at, mark = abs((('x' || substr(md5(id::text), 1, 8))::bit(32)::integer >> 1)) + 1;
ALTER TABLE organization_keys FORCE ROW LEVEL SECURITY;
ALTER TABLE organization_keys ALTER COLUMN mark SET NOT NULL,
  ADD CONSTRAINT organization_keys_mark_check CHECK (mark > 0),
  ADD CONSTRAINT organization_keys_moments_check CHECK (retired_at IS NULL OR current_at IS NOT NULL),
  ADD CONSTRAINT organization_keys_destroyed_check CHECK (destroyed_at IS NULL OR (retired_at IS NOT NULL AND wrapped = ''));
DROP TRIGGER asks_entry ON organization_keys;
CREATE TRIGGER asks_entry AFTER INSERT OR UPDATE OF organization_id, id, purpose, wrapped, created_at, retired_at, mark, current_at,
  destroyed_at OR DELETE ON organization_keys FOR EACH ROW EXECUTE FUNCTION lubart_changed();
DROP INDEX organization_keys_current;
CREATE UNIQUE INDEX organization_keys_current ON organization_keys (organization_id, purpose)
  WHERE current_at IS NOT NULL AND retired_at IS NULL;
-- One key of a purpose is announced at a time.
CREATE UNIQUE INDEX organization_keys_announced ON organization_keys (organization_id, purpose) WHERE current_at IS NULL;
CREATE UNIQUE INDEX organization_keys_marks ON organization_keys (organization_id, mark);

-- One row: one replacement of a key, how far it is, and what proved that nothing needs the old one. Owned by
-- protections/encryption/rotation.
CREATE TABLE key_rotations (
  organization_id uuid NOT NULL REFERENCES organizations,
  id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('root', 'organization', 'index')),
  -- Fingerprint of a root key, or the mark of a key of the organization.
  from_key text NOT NULL,
  to_key text NOT NULL,
  -- Who began it; NULL: the operator at the server.
  person_id uuid,
  started_at timestamptz NOT NULL,
  paused_at timestamptz,
  -- Values that stood under the old key when it began, and that stand under the new one since.
  total bigint NOT NULL DEFAULT 0,
  done bigint NOT NULL DEFAULT 0,
  finished_at timestamptz,
  -- What still used the old key when everything was counted at the end, by the marks in the data itself.
  remaining bigint,
  PRIMARY KEY (organization_id, id),
  CHECK (finished_at IS NULL OR remaining = 0)
);
CREATE UNIQUE INDEX key_rotations_running ON key_rotations (organization_id, kind) WHERE finished_at IS NULL;
ALTER TABLE key_rotations ENABLE ROW LEVEL SECURITY;
ALTER TABLE key_rotations FORCE ROW LEVEL SECURITY;
CREATE POLICY key_rotations_own ON key_rotations TO lubart_app
  USING (organization_id = (SELECT lubart_organization())) WITH CHECK (organization_id = (SELECT lubart_organization()));
GRANT SELECT, INSERT, UPDATE ON key_rotations TO lubart_app;
GRANT UPDATE ON organization_keys TO lubart_app;

-- How far it is changes without an entry of its own; that it began, rests and is over does not.
CREATE TRIGGER asks_entry AFTER INSERT OR UPDATE OF organization_id, id, kind, from_key, to_key, person_id, started_at,
  paused_at, finished_at, remaining OR DELETE ON key_rotations
  FOR EACH ROW EXECUTE FUNCTION lubart_changed();

-- The mark of the index key that the tokens were made by; 0: from before keys had marks.
ALTER TABLE contact_search ADD COLUMN index_key integer NOT NULL DEFAULT 0;
ALTER TABLE company_search ADD COLUMN index_key integer NOT NULL DEFAULT 0;

-- Sealed anew and otherwise never changed.
GRANT UPDATE (sealed) ON leavings, review_keys, review_results TO lubart_app;
