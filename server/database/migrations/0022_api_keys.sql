-- One row: one key by which a program acts in the place of one person, with no more than the key’s roles and the person’s rights of
-- the moment have in common. The secret is nowhere: only its hash, and for a day after a rotation the hash of the one before. `hint` is
-- the beginning that people tell keys apart by; `sealed` holds the name. Owned by protections/sign-in (api-keys).
CREATE TABLE api_keys (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  person_id uuid NOT NULL,
  sealed bytea NOT NULL,
  hint text NOT NULL CHECK (length(hint) BETWEEN 4 AND 16),
  secret_hash bytea NOT NULL CHECK (octet_length(secret_hash) = 32),
  previous_hash bytea CHECK (octet_length(previous_hash) = 32),
  previous_until timestamptz,
  role_ids uuid[] NOT NULL CHECK (cardinality(role_ids) BETWEEN 1 AND 20),
  networks text[] NOT NULL DEFAULT '{}',
  days integer NOT NULL CHECK (days BETWEEN 1 AND 365),
  created_at timestamptz NOT NULL,
  renewed_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL CHECK (expires_at > renewed_at AND expires_at <= renewed_at + interval '366 days'),
  last_used_at timestamptz,
  last_address text,
  told_at timestamptz,
  revoked_at timestamptz,
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, person_id) REFERENCES people (organization_id, id),
  CHECK ((previous_hash IS NULL) = (previous_until IS NULL))
);
CREATE UNIQUE INDEX api_keys_secret ON api_keys (organization_id, secret_hash);
CREATE UNIQUE INDEX api_keys_previous ON api_keys (organization_id, previous_hash);
CREATE INDEX api_keys_person ON api_keys (organization_id, person_id);

ALTER TABLE api_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE api_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY api_keys_own ON api_keys TO lubart_app USING (organization_id = (SELECT lubart_organization()))
  WITH CHECK (organization_id = (SELECT lubart_organization()));
GRANT SELECT, INSERT, UPDATE ON api_keys TO lubart_app;
