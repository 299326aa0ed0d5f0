-- One row: the rules of sign-in that an organization set for itself; what it did not set holds by default. `sections` is JSON by the
-- types of contract/sign-in-rules.ts and holds nothing personal: names of places, ranges of addresses, hours, ids.
-- Owned by protections/sign-in.
CREATE TABLE sign_in_rules (
  organization_id uuid PRIMARY KEY REFERENCES organizations,
  version integer NOT NULL CHECK (version > 0),
  sections jsonb NOT NULL CHECK (jsonb_typeof(sections) = 'object'),
  changed_at timestamptz NOT NULL
);
ALTER TABLE sign_in_rules ENABLE ROW LEVEL SECURITY;
ALTER TABLE sign_in_rules FORCE ROW LEVEL SECURITY;
CREATE POLICY sign_in_rules_own ON sign_in_rules TO lubart_app
  USING (organization_id = (SELECT lubart_organization()))
  WITH CHECK (organization_id = (SELECT lubart_organization()));
GRANT SELECT, INSERT, UPDATE ON sign_in_rules TO lubart_app;

-- Where a session was last used from; until its first use after a minute it is the address of its sign-in.
ALTER TABLE sessions ADD COLUMN last_address text;
