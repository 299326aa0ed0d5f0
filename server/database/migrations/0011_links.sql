-- One row: one link that a person got, good for one thing, once, for a time; only the hash of its token is kept. Links that arose
-- together (the new address confirms, the old one cancels) share act_id. Owned by protections/sign-in.
CREATE TABLE links (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  person_id uuid NOT NULL,
  purpose text NOT NULL CHECK (purpose IN ('password-reset', 'email-confirm', 'email-cancel')),
  act_id uuid NOT NULL,
  token_hash bytea NOT NULL CHECK (octet_length(token_hash) = 32),
  sealed bytea NOT NULL,
  letter_id uuid,
  made_by uuid,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  used_at timestamptz,
  withdrawn_at timestamptz,
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, person_id) REFERENCES people (organization_id, id),
  FOREIGN KEY (organization_id, made_by) REFERENCES people (organization_id, id)
);
CREATE UNIQUE INDEX links_token ON links (organization_id, token_hash);
CREATE INDEX links_person ON links (organization_id, person_id, purpose, created_at);

ALTER TABLE links ENABLE ROW LEVEL SECURITY;
ALTER TABLE links FORCE ROW LEVEL SECURITY;
CREATE POLICY links_own ON links TO lubart_app
  USING (organization_id = (SELECT lubart_organization()))
  WITH CHECK (organization_id = (SELECT lubart_organization()));
GRANT SELECT, INSERT, UPDATE, DELETE ON links TO lubart_app;
