-- Departments, people, and what lets them in. Owned by protections/access and protections/sign-in.

-- One row: one department; the one without a parent is the company itself.
CREATE TABLE departments (
  organization_id uuid NOT NULL REFERENCES organizations,
  id uuid NOT NULL,
  parent_id uuid,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  created_at timestamptz NOT NULL,
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, parent_id) REFERENCES departments (organization_id, id)
);
CREATE UNIQUE INDEX departments_root ON departments (organization_id) WHERE parent_id IS NULL;
CREATE UNIQUE INDEX departments_name ON departments (organization_id, parent_id, lower(name));

-- One row: one person who works in the organization. Name and e-mail are sealed; sign_in_token is a keyed hash of the e-mail.
CREATE TABLE people (
  organization_id uuid NOT NULL REFERENCES organizations,
  id uuid NOT NULL,
  department_id uuid NOT NULL,
  role text NOT NULL CHECK (role IN ('owner', 'head', 'manager', 'auditor')),
  sign_in_token bytea NOT NULL,
  sealed bytea NOT NULL,
  language text NOT NULL DEFAULT 'uk' CHECK (language IN ('uk', 'en')),
  version integer NOT NULL DEFAULT 1 CHECK (version > 0),
  created_at timestamptz NOT NULL,
  deactivated_at timestamptz,
  last_seen_at timestamptz,
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, department_id) REFERENCES departments (organization_id, id)
);
CREATE UNIQUE INDEX people_sign_in ON people (organization_id, sign_in_token);
CREATE INDEX people_sign_in_anywhere ON people (sign_in_token);

-- One row: a person’s password, as an argon2id string.
CREATE TABLE passwords (
  organization_id uuid NOT NULL,
  person_id uuid NOT NULL,
  hash text NOT NULL CHECK (hash LIKE '$argon2id$%'),
  changed_at timestamptz NOT NULL,
  PRIMARY KEY (organization_id, person_id),
  FOREIGN KEY (organization_id, person_id) REFERENCES people (organization_id, id)
);

-- One row: an authenticator app. last_step is the time step of the last code that was accepted: one code, one use.
CREATE TABLE authenticators (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  person_id uuid NOT NULL,
  sealed bytea NOT NULL,
  last_step bigint NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, person_id) REFERENCES people (organization_id, id)
);
CREATE INDEX authenticators_person ON authenticators (organization_id, person_id);

-- One row: a recovery code that was given out; used_at says when it was spent.
CREATE TABLE recovery_codes (
  organization_id uuid NOT NULL,
  person_id uuid NOT NULL,
  code_hash bytea NOT NULL,
  used_at timestamptz,
  PRIMARY KEY (organization_id, person_id, code_hash),
  FOREIGN KEY (organization_id, person_id) REFERENCES people (organization_id, id)
);

-- One row: proofs tried by or for one person and not yet answered by a success, over all factors together, inside one
-- window. A try is counted before it is checked, so that a burst cannot run ahead of the count.
CREATE TABLE sign_in_failures (
  organization_id uuid NOT NULL,
  person_id uuid NOT NULL,
  count integer NOT NULL,
  window_started_at timestamptz NOT NULL,
  PRIMARY KEY (organization_id, person_id),
  FOREIGN KEY (organization_id, person_id) REFERENCES people (organization_id, id)
);

-- One row: one signed-in browser or program; only the hash of its token is kept.
CREATE TABLE sessions (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  person_id uuid NOT NULL,
  token_hash bytea NOT NULL CHECK (octet_length(token_hash) = 32),
  address text NOT NULL,
  device text NOT NULL,
  created_at timestamptz NOT NULL,
  last_seen_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  ended_at timestamptz,
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, person_id) REFERENCES people (organization_id, id)
);
CREATE UNIQUE INDEX sessions_token ON sessions (organization_id, token_hash);
CREATE INDEX sessions_person ON sessions (organization_id, person_id) WHERE ended_at IS NULL;

-- One row: an invitation; the link carries a secret of which only the hash is kept.
CREATE TABLE invitations (
  organization_id uuid NOT NULL REFERENCES organizations,
  id uuid NOT NULL,
  token_hash bytea NOT NULL CHECK (octet_length(token_hash) = 32),
  sealed bytea NOT NULL,
  role text NOT NULL CHECK (role IN ('owner', 'head', 'manager', 'auditor')),
  department_id uuid NOT NULL,
  invited_by uuid NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  accepted_at timestamptz,
  withdrawn_at timestamptz,
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, department_id) REFERENCES departments (organization_id, id),
  FOREIGN KEY (organization_id, invited_by) REFERENCES people (organization_id, id)
);
CREATE UNIQUE INDEX invitations_token ON invitations (organization_id, token_hash);
CREATE INDEX invitations_inviter ON invitations (organization_id, invited_by)
  WHERE accepted_at IS NULL AND withdrawn_at IS NULL;

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['departments', 'people', 'passwords', 'authenticators', 'recovery_codes',
    'sign_in_failures', 'sessions', 'invitations']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY %I ON %I TO lubart_app USING (organization_id = (SELECT lubart_organization()))
      WITH CHECK (organization_id = (SELECT lubart_organization()))', name || '_own', name);
  END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE, DELETE ON departments, sign_in_failures, recovery_codes TO lubart_app;
GRANT SELECT, INSERT, UPDATE ON people, passwords, authenticators, sessions, invitations TO lubart_app;
GRANT DELETE ON sessions, invitations TO lubart_app;

-- Sign-in knows an e-mail and not yet an organization: this answers where that e-mail may sign in, and nothing else.
CREATE POLICY people_door ON people FOR SELECT TO lubart_door USING (true);
GRANT SELECT ON people TO lubart_door;
CREATE FUNCTION lubart_find_sign_in(token bytea) RETURNS TABLE (organization_id uuid, person_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
  BEGIN ATOMIC
    SELECT p.organization_id, p.id FROM people p WHERE p.sign_in_token = token ORDER BY p.created_at LIMIT 5;
  END;
ALTER FUNCTION lubart_find_sign_in(bytea) OWNER TO lubart_door;
REVOKE ALL ON FUNCTION lubart_find_sign_in(bytea) FROM public;
GRANT EXECUTE ON FUNCTION lubart_find_sign_in(bytea) TO lubart_app;
