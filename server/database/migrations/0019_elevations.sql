-- Roles that somebody asks for, for hours or days. Owned by protections/access (elevation).

-- One row: one person asks for one role, for so many hours. It waits until it is approved, refused, withdrawn, or a week old; what
-- was approved holds until `until`, or until somebody ends it before. `sealed` holds the reason; the role itself is in person_roles.
CREATE TABLE elevations (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  person_id uuid NOT NULL,
  role_id uuid NOT NULL,
  hours integer NOT NULL CHECK (hours BETWEEN 1 AND 168),
  sealed bytea NOT NULL,
  asked_at timestamptz NOT NULL,
  answered_by uuid,
  approved_at timestamptz,
  until timestamptz,
  refused_at timestamptz,
  withdrawn_at timestamptz,
  ended_at timestamptz,
  ended_by uuid,
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, person_id) REFERENCES people (organization_id, id),
  FOREIGN KEY (organization_id, role_id) REFERENCES roles (organization_id, id) ON DELETE CASCADE,
  FOREIGN KEY (organization_id, answered_by) REFERENCES people (organization_id, id),
  FOREIGN KEY (organization_id, ended_by) REFERENCES people (organization_id, id),
  CHECK (num_nonnulls(approved_at, refused_at, withdrawn_at) <= 1),
  CHECK ((answered_by IS NULL) = (approved_at IS NULL AND refused_at IS NULL)),
  CHECK (answered_by <> person_id),
  CHECK ((until IS NULL) = (approved_at IS NULL)),
  CHECK (until <= approved_at + make_interval(hours => hours)),
  CHECK (ended_at IS NULL OR approved_at IS NOT NULL)
);
CREATE UNIQUE INDEX elevations_waiting ON elevations (organization_id, person_id, role_id)
  WHERE approved_at IS NULL AND refused_at IS NULL AND withdrawn_at IS NULL;
CREATE INDEX elevations_person ON elevations (organization_id, person_id, id);
CREATE INDEX elevations_active ON elevations (organization_id, until) WHERE approved_at IS NOT NULL AND ended_at IS NULL;

ALTER TABLE elevations ENABLE ROW LEVEL SECURITY;
ALTER TABLE elevations FORCE ROW LEVEL SECURITY;
CREATE POLICY elevations_own ON elevations TO lubart_app
  USING (organization_id = (SELECT lubart_organization())) WITH CHECK (organization_id = (SELECT lubart_organization()));
GRANT SELECT, INSERT, UPDATE ON elevations TO lubart_app;
