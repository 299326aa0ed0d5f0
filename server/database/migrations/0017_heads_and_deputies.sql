-- Who leads a department, and who stands in for whom while somebody is away. Owned by protections/access.

-- Whoever changes a department says which version was seen: two who move the same one do not undo each other unawares.
ALTER TABLE departments ADD COLUMN version integer NOT NULL DEFAULT 1 CHECK (version > 0);

-- One row: one person leads one department. The person works in it or in one above it; rights come from roles, not from here.
CREATE TABLE department_heads (
  organization_id uuid NOT NULL,
  department_id uuid NOT NULL,
  person_id uuid NOT NULL,
  named_by uuid NOT NULL,
  named_at timestamptz NOT NULL,
  PRIMARY KEY (organization_id, department_id, person_id),
  FOREIGN KEY (organization_id, department_id) REFERENCES departments (organization_id, id) ON DELETE CASCADE,
  FOREIGN KEY (organization_id, person_id) REFERENCES people (organization_id, id),
  FOREIGN KEY (organization_id, named_by) REFERENCES people (organization_id, id)
);
CREATE INDEX department_heads_person ON department_heads (organization_id, person_id);

-- One row: from one moment to another somebody stands in for a head. `ended_at` says when it was ended before its time.
CREATE TABLE deputies (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  head_id uuid NOT NULL,
  deputy_id uuid NOT NULL,
  from_at timestamptz NOT NULL,
  until_at timestamptz NOT NULL,
  named_by uuid NOT NULL,
  named_at timestamptz NOT NULL,
  ended_at timestamptz,
  PRIMARY KEY (organization_id, id),
  CHECK (head_id <> deputy_id),
  CHECK (until_at > from_at),
  FOREIGN KEY (organization_id, head_id) REFERENCES people (organization_id, id),
  FOREIGN KEY (organization_id, deputy_id) REFERENCES people (organization_id, id),
  FOREIGN KEY (organization_id, named_by) REFERENCES people (organization_id, id)
);
CREATE INDEX deputies_deputy ON deputies (organization_id, deputy_id, until_at) WHERE ended_at IS NULL;
CREATE INDEX deputies_head ON deputies (organization_id, head_id, until_at) WHERE ended_at IS NULL;

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['department_heads', 'deputies'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY %I ON %I TO lubart_app USING (organization_id = (SELECT lubart_organization()))
      WITH CHECK (organization_id = (SELECT lubart_organization()))', name || '_own', name);
  END LOOP;
END $$;
GRANT SELECT, INSERT, DELETE ON department_heads TO lubart_app;
GRANT SELECT, INSERT, UPDATE ON deputies TO lubart_app;

-- Whoever leaves leaves no password behind.
GRANT DELETE ON passwords TO lubart_app;
