-- One row: one person without a phone who asked to be let in with a new one. way: two colleagues approve, or the operator of the
-- server made it. Only hashes of the two links are kept: one finishes, one cancels. Owned by protections/sign-in.
CREATE TABLE recovery_requests (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  person_id uuid NOT NULL,
  way text NOT NULL CHECK (way IN ('approval', 'operator')),
  token_hash bytea NOT NULL CHECK (octet_length(token_hash) = 32),
  cancel_hash bytea CHECK (octet_length(cancel_hash) = 32),
  password_changed_at timestamptz NOT NULL,
  address text NOT NULL,
  device text NOT NULL,
  asked_at timestamptz NOT NULL,
  ready_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL CHECK (expires_at > ready_at),
  cancelled_at timestamptz,
  finished_at timestamptz,
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, person_id) REFERENCES people (organization_id, id)
);
CREATE UNIQUE INDEX recovery_requests_token ON recovery_requests (organization_id, token_hash);
CREATE UNIQUE INDEX recovery_requests_cancel ON recovery_requests (organization_id, cancel_hash);
CREATE UNIQUE INDEX recovery_requests_open ON recovery_requests (organization_id, person_id)
  WHERE finished_at IS NULL AND cancelled_at IS NULL;

-- One row: one colleague who vouches for one request; the key keeps anybody from counting twice.
CREATE TABLE recovery_approvals (
  organization_id uuid NOT NULL,
  request_id uuid NOT NULL,
  approver_id uuid NOT NULL,
  approved_at timestamptz NOT NULL,
  PRIMARY KEY (organization_id, request_id, approver_id),
  FOREIGN KEY (organization_id, request_id) REFERENCES recovery_requests (organization_id, id) ON DELETE CASCADE,
  FOREIGN KEY (organization_id, approver_id) REFERENCES people (organization_id, id)
);

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['recovery_requests', 'recovery_approvals']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY %I ON %I TO lubart_app USING (organization_id = (SELECT lubart_organization()))
      WITH CHECK (organization_id = (SELECT lubart_organization()))', name || '_own', name);
  END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE, DELETE ON recovery_requests TO lubart_app;
GRANT SELECT, INSERT ON recovery_approvals TO lubart_app;
-- Whoever comes with a new phone: the old one must not open anything any more.
GRANT DELETE ON authenticators TO lubart_app;
