-- Emergency sign-in of an owner by a sealed sheet of paper. Owned by protections/sign-in.

-- One row: one sheet, in two halves, that lets its owner in once. Of 256 random bits each only the hash is kept: of the secret that
-- both halves make together, and of either half, so that whoever keeps one can have it checked alone.
CREATE TABLE emergency_sheets (
  organization_id uuid NOT NULL REFERENCES organizations,
  id uuid NOT NULL,
  person_id uuid NOT NULL,
  number text NOT NULL CHECK (number ~ '^[0-9a-f]{6}$'),
  secret_hash bytea NOT NULL CHECK (octet_length(secret_hash) = 32),
  first_hash bytea NOT NULL CHECK (octet_length(first_hash) = 32),
  second_hash bytea NOT NULL CHECK (octet_length(second_hash) = 32),
  made_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL CHECK (expires_at > made_at),
  first_checked_at timestamptz,
  second_checked_at timestamptz,
  reminded_at timestamptz,
  withdrawn_at timestamptz,
  used_at timestamptz,
  used_address text,
  used_device text,
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, person_id) REFERENCES people (organization_id, id),
  CHECK (used_at IS NULL OR withdrawn_at IS NULL)
);
-- One sheet stands at a time: a new one takes the place of the old.
CREATE UNIQUE INDEX emergency_sheets_standing ON emergency_sheets (organization_id)
  WHERE used_at IS NULL AND withdrawn_at IS NULL;
CREATE UNIQUE INDEX emergency_sheets_secret ON emergency_sheets (organization_id, secret_hash);

-- One row: one person has seen that this sheet was used.
CREATE TABLE emergency_acknowledgements (
  organization_id uuid NOT NULL,
  sheet_id uuid NOT NULL,
  person_id uuid NOT NULL,
  acknowledged_at timestamptz NOT NULL,
  PRIMARY KEY (organization_id, sheet_id, person_id),
  FOREIGN KEY (organization_id, sheet_id) REFERENCES emergency_sheets (organization_id, id),
  FOREIGN KEY (organization_id, person_id) REFERENCES people (organization_id, id)
);

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['emergency_sheets', 'emergency_acknowledgements']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY %I ON %I TO lubart_app USING (organization_id = (SELECT lubart_organization()))
      WITH CHECK (organization_id = (SELECT lubart_organization()))', name || '_own', name);
  END LOOP;
END $$;
-- What happened to a sheet is never forgotten.
GRANT SELECT, INSERT, UPDATE ON emergency_sheets TO lubart_app;
GRANT SELECT, INSERT ON emergency_acknowledgements TO lubart_app;

-- Whoever brings a sheet says no organization: this answers whose secret it is, and nothing else.
CREATE POLICY emergency_sheets_door ON emergency_sheets FOR SELECT TO lubart_door USING (true);
GRANT SELECT ON emergency_sheets TO lubart_door;
CREATE FUNCTION lubart_find_emergency_sheet(secret bytea) RETURNS TABLE (organization_id uuid, person_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
  BEGIN ATOMIC
    SELECT s.organization_id, s.person_id FROM emergency_sheets s WHERE s.secret_hash = secret LIMIT 1;
  END;
ALTER FUNCTION lubart_find_emergency_sheet(bytea) OWNER TO lubart_door;
REVOKE ALL ON FUNCTION lubart_find_emergency_sheet(bytea) FROM public;
GRANT EXECUTE ON FUNCTION lubart_find_emergency_sheet(bytea) TO lubart_app;
