-- Roles are rows: what each gives, and who has which, for how long. Owned by protections/access.

-- One row: one role of the organization. A ready role is known by its key; while its grants are null it gives what this version of
-- Lubart says (access/ready-roles.ts). `name` is null while a ready role was not renamed: it is then said in the reader’s language.
CREATE TABLE roles (
  organization_id uuid NOT NULL REFERENCES organizations,
  id uuid NOT NULL,
  key text CHECK (key IN ('owner', 'security-officer', 'head', 'manager', 'support', 'marketer', 'accountant', 'auditor', 'baseline')),
  name text CHECK (length(name) BETWEEN 1 AND 100),
  grants jsonb CHECK (jsonb_typeof(grants) = 'object'),
  field_rights jsonb CHECK (jsonb_typeof(field_rights) = 'object'),
  version integer NOT NULL DEFAULT 1 CHECK (version > 0),
  created_at timestamptz NOT NULL,
  PRIMARY KEY (organization_id, id),
  CHECK (key IS NOT NULL OR (name IS NOT NULL AND grants IS NOT NULL))
);
CREATE UNIQUE INDEX roles_key ON roles (organization_id, key) WHERE key IS NOT NULL;

-- One row: one person has one role; until `until`, or for good. `given_by` is null for what came with set-up.
CREATE TABLE person_roles (
  organization_id uuid NOT NULL,
  person_id uuid NOT NULL,
  role_id uuid NOT NULL,
  given_by uuid,
  given_at timestamptz NOT NULL,
  until timestamptz,
  PRIMARY KEY (organization_id, person_id, role_id),
  FOREIGN KEY (organization_id, person_id) REFERENCES people (organization_id, id),
  FOREIGN KEY (organization_id, role_id) REFERENCES roles (organization_id, id),
  FOREIGN KEY (organization_id, given_by) REFERENCES people (organization_id, id)
);
CREATE INDEX person_roles_role ON person_roles (organization_id, role_id);

ALTER TABLE invitations ADD COLUMN role_ids uuid[] NOT NULL DEFAULT '{}';

-- What stood in people.role and invitations.role becomes rows. The owner of the tables is bound by forced security, too: it is
-- lifted inside this transaction only.
ALTER TABLE organizations NO FORCE ROW LEVEL SECURITY;
ALTER TABLE people NO FORCE ROW LEVEL SECURITY;
ALTER TABLE invitations NO FORCE ROW LEVEL SECURITY;
INSERT INTO roles (organization_id, id, key, created_at)
  SELECT o.organization_id, gen_random_uuid(), k.key, o.created_at
  FROM organizations o CROSS JOIN unnest(ARRAY['owner', 'security-officer', 'head', 'manager', 'support', 'marketer', 'accountant',
    'auditor', 'baseline']) AS k (key);
INSERT INTO person_roles (organization_id, person_id, role_id, given_at)
  SELECT p.organization_id, p.id, r.id, p.created_at
  FROM people p JOIN roles r ON r.organization_id = p.organization_id AND r.key = p.role;
UPDATE invitations i SET role_ids = ARRAY[r.id]
  FROM roles r WHERE r.organization_id = i.organization_id AND r.key = i.role;
ALTER TABLE organizations FORCE ROW LEVEL SECURITY;
ALTER TABLE people FORCE ROW LEVEL SECURITY;
ALTER TABLE invitations FORCE ROW LEVEL SECURITY;
ALTER TABLE people DROP COLUMN role;
ALTER TABLE invitations DROP COLUMN role;
ALTER TABLE invitations ALTER COLUMN role_ids DROP DEFAULT;

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['roles', 'person_roles'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY %I ON %I TO lubart_app USING (organization_id = (SELECT lubart_organization()))
      WITH CHECK (organization_id = (SELECT lubart_organization()))', name || '_own', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO lubart_app', name);
  END LOOP;
END $$;
