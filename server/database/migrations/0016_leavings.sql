-- What was ended when somebody left, and who did it. Owned by protections/access.

-- One row: one leaving that was carried out; a certificate is made of it. `sealed` holds the names, `numbers` what was ended.
CREATE TABLE leavings (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  person_id uuid NOT NULL,
  done_by uuid NOT NULL,
  at timestamptz NOT NULL,
  numbers jsonb NOT NULL CHECK (jsonb_typeof(numbers) = 'object'),
  sealed bytea NOT NULL,
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, person_id) REFERENCES people (organization_id, id),
  FOREIGN KEY (organization_id, done_by) REFERENCES people (organization_id, id)
);
CREATE INDEX leavings_person ON leavings (organization_id, person_id, id);
ALTER TABLE leavings ENABLE ROW LEVEL SECURITY;
ALTER TABLE leavings FORCE ROW LEVEL SECURITY;
CREATE POLICY leavings_own ON leavings TO lubart_app
  USING (organization_id = (SELECT lubart_organization())) WITH CHECK (organization_id = (SELECT lubart_organization()));
-- A certificate is never changed and never taken away.
GRANT SELECT, INSERT ON leavings TO lubart_app;

-- Whoever leaves is no longer known by a provider of single sign-on.
GRANT DELETE ON sso_identities TO lubart_app;
