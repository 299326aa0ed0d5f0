-- What is demanded of factors: which key a session was proved with, who vouches for a key, and numbers for codes by SMS. Owned by
-- protections/sign-in.

-- The key that was proved in the session, so that its loss, or a rule that no longer accepts it, is felt by the session at once.
ALTER TABLE sessions ADD COLUMN passkey_id uuid;

-- attestation is the format in which the key spoke of its maker; vouched: a certificate signed for it; attested_root: SHA-256 of
-- the root certificate that the path led to, when it led to one that the rules named at that moment.
ALTER TABLE passkeys
  ADD COLUMN attestation text NOT NULL DEFAULT 'none' CHECK (length(attestation) BETWEEN 1 AND 40),
  ADD COLUMN vouched boolean NOT NULL DEFAULT false,
  ADD COLUMN attested_root bytea CHECK (octet_length(attested_root) = 32);

-- One row: the phone number of a person to which codes go. The number is sealed; what it ends with is not kept in the clear either.
CREATE TABLE sms_numbers (
  organization_id uuid NOT NULL,
  person_id uuid NOT NULL,
  sealed bytea NOT NULL,
  created_at timestamptz NOT NULL,
  last_used_at timestamptz,
  PRIMARY KEY (organization_id, person_id),
  FOREIGN KEY (organization_id, person_id) REFERENCES people (organization_id, id)
);

-- One row: a code that was sent. It is good once, for five minutes, for what it was sent for (`bound_hash`: the ticket or session
-- that asked), and only its keyed hash is kept. The number that is being enrolled lies sealed beside it.
CREATE TABLE sms_codes (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  person_id uuid NOT NULL,
  purpose text NOT NULL CHECK (purpose IN ('enrol', 'sign-in', 'step-up')),
  bound_hash bytea NOT NULL CHECK (octet_length(bound_hash) = 32),
  code_hash bytea NOT NULL CHECK (octet_length(code_hash) = 32),
  sealed bytea,
  tries integer NOT NULL DEFAULT 0 CHECK (tries >= 0),
  sent_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  used_at timestamptz,
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, person_id) REFERENCES people (organization_id, id)
);
CREATE INDEX sms_codes_person ON sms_codes (organization_id, person_id);

-- One row: how many messages went to a number, to a country prefix, or altogether, since its day began. `mark` is a keyed hash.
CREATE TABLE sms_counts (
  organization_id uuid NOT NULL REFERENCES organizations,
  kind text NOT NULL CHECK (kind IN ('number', 'person', 'prefix', 'organization')),
  mark bytea NOT NULL CHECK (octet_length(mark) = 32),
  count integer NOT NULL CHECK (count > 0),
  started_at timestamptz NOT NULL,
  last_at timestamptz NOT NULL,
  PRIMARY KEY (organization_id, kind, mark)
);

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['sms_numbers', 'sms_codes', 'sms_counts']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY %I ON %I TO lubart_app USING (organization_id = (SELECT lubart_organization()))
      WITH CHECK (organization_id = (SELECT lubart_organization()))', name || '_own', name);
  END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE, DELETE ON sms_numbers, sms_codes, sms_counts TO lubart_app;
