-- Passkeys and hardware keys (WebAuthn). Owned by protections/sign-in.

-- One row: a key of a person. credential_hash finds it; sign_counter is the last that was seen, so that a copy is noticed;
-- backed_up says that it is kept in somebody’s cloud and not in one device. Its name is sealed.
CREATE TABLE passkeys (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  person_id uuid NOT NULL,
  credential_hash bytea NOT NULL CHECK (octet_length(credential_hash) = 32),
  credential_id bytea NOT NULL CHECK (octet_length(credential_id) BETWEEN 1 AND 1023),
  public_key bytea NOT NULL,
  sign_counter bigint NOT NULL CHECK (sign_counter >= 0),
  transports text[] NOT NULL,
  device_bound boolean NOT NULL,
  backed_up boolean NOT NULL,
  aaguid uuid NOT NULL,
  sealed bytea NOT NULL,
  created_at timestamptz NOT NULL,
  last_used_at timestamptz,
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, person_id) REFERENCES people (organization_id, id)
);
CREATE UNIQUE INDEX passkeys_credential ON passkeys (organization_id, credential_hash);
CREATE INDEX passkeys_person ON passkeys (organization_id, person_id);

-- One row: a challenge that was answered. It is never answered again, on whichever node; the row goes when its time is over.
CREATE TABLE spent_challenges (
  organization_id uuid NOT NULL REFERENCES organizations,
  challenge_hash bytea NOT NULL CHECK (octet_length(challenge_hash) = 32),
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (organization_id, challenge_hash)
);

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['passkeys', 'spent_challenges']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY %I ON %I TO lubart_app USING (organization_id = (SELECT lubart_organization()))
      WITH CHECK (organization_id = (SELECT lubart_organization()))', name || '_own', name);
  END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE, DELETE ON passkeys TO lubart_app;
GRANT SELECT, INSERT, DELETE ON spent_challenges TO lubart_app;
-- A person may have several apps, and take one away.
GRANT DELETE ON authenticators TO lubart_app;
