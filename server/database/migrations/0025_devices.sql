-- One row: one browser from which one person comes in, known by the hash of a secret in its cookie. Owned by sign-in/devices.
CREATE TABLE devices (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  person_id uuid NOT NULL,
  secret_hash bytea NOT NULL CHECK (octet_length(secret_hash) = 32),
  sealed bytea NOT NULL,
  address text NOT NULL,
  -- NULL: the way in itself (the first browser of a person, an invitation, a recovery) was the approval.
  approved_by uuid,
  approved_at timestamptz NOT NULL,
  last_used_at timestamptz NOT NULL,
  revoked_at timestamptz,
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, person_id, secret_hash),
  FOREIGN KEY (organization_id, person_id) REFERENCES people (organization_id, id),
  FOREIGN KEY (organization_id, approved_by) REFERENCES people (organization_id, id)
);
ALTER TABLE devices ENABLE ROW LEVEL SECURITY;
ALTER TABLE devices FORCE ROW LEVEL SECURITY;
CREATE POLICY devices_own ON devices TO lubart_app USING (organization_id = (SELECT lubart_organization()))
  WITH CHECK (organization_id = (SELECT lubart_organization()));
GRANT SELECT, INSERT, UPDATE, DELETE ON devices TO lubart_app;

-- One row: a browser that waits, after both factors, for somebody to say that it is the person’s. Owned by sign-in/devices.
CREATE TABLE device_requests (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  person_id uuid NOT NULL,
  secret_hash bytea NOT NULL CHECK (octet_length(secret_hash) = 32),
  device text NOT NULL,
  address text NOT NULL,
  -- Shown on the browser that waits, typed by whoever approves: nobody approves what they do not see.
  number smallint NOT NULL CHECK (number BETWEEN 10 AND 99),
  asked_at timestamptz NOT NULL,
  until timestamptz NOT NULL,
  answered_at timestamptz,
  answered_by uuid,
  approved boolean,
  used_at timestamptz,
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, person_id) REFERENCES people (organization_id, id),
  FOREIGN KEY (organization_id, answered_by) REFERENCES people (organization_id, id)
);
CREATE INDEX device_requests_person ON device_requests (organization_id, person_id, asked_at);
ALTER TABLE device_requests ENABLE ROW LEVEL SECURITY;
ALTER TABLE device_requests FORCE ROW LEVEL SECURITY;
CREATE POLICY device_requests_own ON device_requests TO lubart_app USING (organization_id = (SELECT lubart_organization()))
  WITH CHECK (organization_id = (SELECT lubart_organization()));
GRANT SELECT, INSERT, UPDATE, DELETE ON device_requests TO lubart_app;

-- The browser a session came from; NULL for one that keeps no cookie.
ALTER TABLE sessions ADD COLUMN device_id uuid;
ALTER TABLE sessions ADD FOREIGN KEY (organization_id, device_id) REFERENCES devices (organization_id, id);
CREATE INDEX sessions_device ON sessions (organization_id, device_id) WHERE device_id IS NOT NULL;

-- Whoever guesses from elsewhere must not use up the tries of a person at a known browser.
ALTER TABLE sign_in_failures ADD COLUMN known boolean NOT NULL DEFAULT false;
ALTER TABLE sign_in_failures ADD COLUMN last_try_at timestamptz;
-- What last_try_at was before: a try that turned out right is no reason to wait.
ALTER TABLE sign_in_failures ADD COLUMN try_before_at timestamptz;
ALTER TABLE sign_in_failures DROP CONSTRAINT sign_in_failures_pkey;
ALTER TABLE sign_in_failures ADD PRIMARY KEY (organization_id, person_id, known);
