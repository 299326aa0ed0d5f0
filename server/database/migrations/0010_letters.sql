-- One row: one letter on its way to a person. Written in the transaction of the act it tells about. Address, subject and text are
-- sealed and go as soon as the letter left or was given up. Owned by server/mail.
CREATE TABLE letters (
  organization_id uuid NOT NULL REFERENCES organizations,
  id uuid NOT NULL,
  sealed bytea NOT NULL,
  queued_at timestamptz NOT NULL,
  good_until timestamptz NOT NULL,
  next_try_at timestamptz NOT NULL,
  tries integer NOT NULL DEFAULT 0 CHECK (tries >= 0),
  fault text CHECK (length(fault) <= 60),
  sent_at timestamptz,
  given_up_at timestamptz,
  PRIMARY KEY (organization_id, id),
  CHECK (sent_at IS NULL OR given_up_at IS NULL),
  CHECK ((sent_at IS NULL AND given_up_at IS NULL) OR octet_length(sealed) = 0)
);
CREATE INDEX letters_due ON letters (organization_id, next_try_at) WHERE sent_at IS NULL AND given_up_at IS NULL;

ALTER TABLE letters ENABLE ROW LEVEL SECURITY;
ALTER TABLE letters FORCE ROW LEVEL SECURITY;
CREATE POLICY letters_own ON letters TO lubart_app
  USING (organization_id = (SELECT lubart_organization()))
  WITH CHECK (organization_id = (SELECT lubart_organization()));
GRANT SELECT, INSERT, UPDATE, DELETE ON letters TO lubart_app;
