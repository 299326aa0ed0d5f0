-- An organization is one company’s Lubart: its people, its clients, its log. Owned by protections/access.
-- Every table starts with organization_id, has row-level security enabled and forced, and is reached by the app through
-- the role lubart_app, which owns nothing. Who asks travels as SET LOCAL lubart.*; nothing set means nothing seen.

CREATE FUNCTION lubart_organization() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('lubart.organization_id', true), '')::uuid;
CREATE FUNCTION lubart_person() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('lubart.person_id', true), '')::uuid;
CREATE FUNCTION lubart_departments() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE
  RETURN coalesce(nullif(current_setting('lubart.department_ids', true), ''), '{}')::uuid[];
-- Scope of the permission that this transaction exercises on client records: none, own, department, all.
CREATE FUNCTION lubart_scope() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
  RETURN coalesce(current_setting('lubart.scope', true), 'none');

CREATE TABLE organizations (
  organization_id uuid PRIMARY KEY,
  created_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1 CHECK (version > 0),
  sealed bytea NOT NULL
);
COMMENT ON TABLE organizations IS 'One row: one company that uses this installation; its name is sealed.';

-- One row: one key of an organization, wrapped by the root key. Owned by protections/encryption.
CREATE TABLE organization_keys (
  organization_id uuid NOT NULL REFERENCES organizations,
  id uuid NOT NULL,
  purpose text NOT NULL CHECK (purpose IN ('sealing', 'index')),
  wrapped bytea NOT NULL,
  created_at timestamptz NOT NULL,
  retired_at timestamptz,
  PRIMARY KEY (organization_id, id)
);
CREATE UNIQUE INDEX organization_keys_current ON organization_keys (organization_id, purpose) WHERE retired_at IS NULL;

ALTER TABLE organizations ENABLE ROW LEVEL SECURITY;
ALTER TABLE organizations FORCE ROW LEVEL SECURITY;
CREATE POLICY organizations_own ON organizations TO lubart_app
  USING (organization_id = (SELECT lubart_organization())) WITH CHECK (organization_id = (SELECT lubart_organization()));
GRANT SELECT, INSERT, UPDATE ON organizations TO lubart_app;

ALTER TABLE organization_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE organization_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY organization_keys_own ON organization_keys TO lubart_app
  USING (organization_id = (SELECT lubart_organization())) WITH CHECK (organization_id = (SELECT lubart_organization()));
GRANT SELECT, INSERT, UPDATE ON organization_keys TO lubart_app;

-- Doors without an organization yet (set-up, start): a reviewed function answers exactly one question. Its owner is a role
-- without log-in, and a policy of its own lets that role read; so no role needs BYPASSRLS.
CREATE POLICY organizations_door ON organizations FOR SELECT TO lubart_door USING (true);
GRANT SELECT ON organizations TO lubart_door;
CREATE FUNCTION lubart_organization_ids() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public
  BEGIN ATOMIC SELECT organization_id FROM organizations ORDER BY created_at, organization_id; END;
ALTER FUNCTION lubart_organization_ids() OWNER TO lubart_door;
REVOKE ALL ON FUNCTION lubart_organization_ids() FROM public;
GRANT EXECUTE ON FUNCTION lubart_organization_ids() TO lubart_app;
