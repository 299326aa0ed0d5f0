-- Receivers of the log. Owned by protections/audit-log/forwarding.

-- One row: a receiver to which entries are sent in the order of the log, and the index that it gets next. The log itself is the queue.
CREATE TABLE audit_forwards (
  organization_id uuid NOT NULL REFERENCES organizations,
  id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('syslog', 'webhook', 'file')),
  form text NOT NULL CHECK (form IN ('ocsf', 'cef')),
  -- Of a webhook only where it is: its whole address is sealed.
  address text NOT NULL,
  with_names boolean NOT NULL,
  -- The authority whose servers alone are believed (PEM), and the secret of a webhook.
  authority text,
  sealed bytea NOT NULL,
  added_at timestamptz NOT NULL,
  next_index bigint NOT NULL CHECK (next_index >= 0),
  delivered_at timestamptz,
  tried_at timestamptz,
  next_at timestamptz NOT NULL,
  -- Somebody is sending until then, unless the process died.
  busy_until timestamptz,
  failures integer NOT NULL DEFAULT 0,
  problem text CHECK (problem IN ('unreachable', 'certificate_wrong', 'address_forbidden', 'refused', 'not_confirmed', 'not_written')),
  PRIMARY KEY (organization_id, id)
);
ALTER TABLE audit_forwards ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_forwards FORCE ROW LEVEL SECURITY;
CREATE POLICY audit_forwards_own ON audit_forwards TO lubart_app
  USING (organization_id = (SELECT lubart_organization())) WITH CHECK (organization_id = (SELECT lubart_organization()));
GRANT SELECT, INSERT, DELETE, UPDATE (sealed, next_index, delivered_at, tried_at, next_at, busy_until, failures, problem)
  ON audit_forwards TO lubart_app;
CREATE TRIGGER asks_entry AFTER INSERT OR UPDATE OF organization_id, id, kind, form, address, with_names, authority, sealed, added_at
  OR DELETE ON audit_forwards FOR EACH ROW EXECUTE FUNCTION lubart_changed();
