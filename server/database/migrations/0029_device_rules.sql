-- A browser that nobody used for as long as the rules allow has expired: a moment, so that raising the days brings none back. Owned by
-- protections/sign-in/devices.
ALTER TABLE devices ADD COLUMN expired_at timestamptz;
CREATE INDEX devices_unused ON devices (organization_id, last_used_at) WHERE revoked_at IS NULL AND expired_at IS NULL;

-- The rule of browsers is one of everybody and stricter ones of roles, as the others are.
ALTER TABLE sign_in_rules NO FORCE ROW LEVEL SECURITY;
UPDATE sign_in_rules SET sections = jsonb_set(sections, '{devices}',
  jsonb_build_object('organization', sections -> 'devices', 'roles', '[]'::jsonb))
  WHERE sections ? 'devices' AND NOT (sections -> 'devices') ? 'organization';
ALTER TABLE sign_in_rules FORCE ROW LEVEL SECURITY;
