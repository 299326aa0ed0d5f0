-- Single sign-on by OpenID Connect. Owned by protections/sign-in.

-- One row: one provider that may say who somebody is. `sealed` holds the client secret. enabled_at: since when people may come
-- through it; local_closed_at: since when people of its domains come in by it alone (owners always have the password too).
CREATE TABLE sso_providers (
  organization_id uuid NOT NULL REFERENCES organizations,
  id uuid NOT NULL,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  issuer text NOT NULL CHECK (length(issuer) <= 500),
  client_id text NOT NULL CHECK (length(client_id) <= 500),
  sealed bytea NOT NULL,
  domains text[] NOT NULL CHECK (cardinality(domains) BETWEEN 1 AND 50),
  email_trusted boolean NOT NULL,
  mfa_acr text[] NOT NULL,
  created_at timestamptz NOT NULL,
  enabled_at timestamptz,
  local_closed_at timestamptz,
  version integer NOT NULL DEFAULT 1 CHECK (version > 0),
  PRIMARY KEY (organization_id, id)
);

-- One row: the account of one person at one provider. Only a keyed hash of issuer and subject is kept.
CREATE TABLE sso_identities (
  organization_id uuid NOT NULL,
  provider_id uuid NOT NULL,
  subject_hash bytea NOT NULL CHECK (octet_length(subject_hash) = 32),
  person_id uuid NOT NULL,
  linked_at timestamptz NOT NULL,
  last_used_at timestamptz NOT NULL,
  PRIMARY KEY (organization_id, provider_id, subject_hash),
  FOREIGN KEY (organization_id, provider_id) REFERENCES sso_providers (organization_id, id) ON DELETE CASCADE,
  FOREIGN KEY (organization_id, person_id) REFERENCES people (organization_id, id)
);
CREATE UNIQUE INDEX sso_identities_person ON sso_identities (organization_id, provider_id, person_id);

-- One row: one answer of a provider that was used. One answer, one use, whatever the provider does with its codes.
CREATE TABLE sso_answers (
  organization_id uuid NOT NULL REFERENCES organizations,
  nonce_hash bytea NOT NULL CHECK (octet_length(nonce_hash) = 32),
  used_at timestamptz NOT NULL,
  PRIMARY KEY (organization_id, nonce_hash)
);

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['sso_providers', 'sso_identities', 'sso_answers']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY %I ON %I TO lubart_app USING (organization_id = (SELECT lubart_organization()))
      WITH CHECK (organization_id = (SELECT lubart_organization()))', name || '_own', name);
  END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE, DELETE ON sso_providers TO lubart_app;
GRANT SELECT, INSERT, UPDATE ON sso_identities TO lubart_app;
GRANT SELECT, INSERT, DELETE ON sso_answers TO lubart_app;
