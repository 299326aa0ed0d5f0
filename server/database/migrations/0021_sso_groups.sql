-- Groups of a provider that give roles, and people made at their first sign-in. Owned by protections/sign-in.

-- groups_claim: where the provider says the groups. joins_*: since when, and by whose decision, somebody whom nobody invited becomes
-- a person at the first sign-in, with these roles in this department; null: nobody does.
ALTER TABLE sso_providers
  ADD COLUMN groups_claim text NOT NULL DEFAULT 'groups' CHECK (length(groups_claim) BETWEEN 1 AND 100),
  ADD COLUMN joins_since timestamptz,
  ADD COLUMN joins_by uuid,
  ADD COLUMN join_department_id uuid,
  ADD COLUMN join_role_ids uuid[] NOT NULL DEFAULT '{}',
  ADD FOREIGN KEY (organization_id, joins_by) REFERENCES people (organization_id, id),
  ADD FOREIGN KEY (organization_id, join_department_id) REFERENCES departments (organization_id, id),
  ADD CHECK ((joins_since IS NULL) = (joins_by IS NULL)),
  ADD CHECK ((joins_since IS NULL) = (join_department_id IS NULL)),
  ADD CHECK ((joins_since IS NULL) = (cardinality(join_role_ids) = 0));

-- One row: whoever is in this group at the provider has this role here. `set_by` decided it; it gives as long as that person may.
CREATE TABLE sso_group_roles (
  organization_id uuid NOT NULL,
  provider_id uuid NOT NULL,
  group_name text NOT NULL CHECK (length(group_name) BETWEEN 1 AND 200),
  role_id uuid NOT NULL,
  set_by uuid NOT NULL,
  set_at timestamptz NOT NULL,
  PRIMARY KEY (organization_id, provider_id, group_name, role_id),
  FOREIGN KEY (organization_id, provider_id) REFERENCES sso_providers (organization_id, id) ON DELETE CASCADE,
  FOREIGN KEY (organization_id, role_id) REFERENCES roles (organization_id, id) ON DELETE CASCADE,
  FOREIGN KEY (organization_id, set_by) REFERENCES people (organization_id, id)
);
CREATE INDEX sso_group_roles_role ON sso_group_roles (organization_id, role_id);

ALTER TABLE sso_group_roles ENABLE ROW LEVEL SECURITY;
ALTER TABLE sso_group_roles FORCE ROW LEVEL SECURITY;
CREATE POLICY sso_group_roles_own ON sso_group_roles TO lubart_app USING (organization_id = (SELECT lubart_organization()))
  WITH CHECK (organization_id = (SELECT lubart_organization()));
GRANT SELECT, INSERT, DELETE ON sso_group_roles TO lubart_app;
