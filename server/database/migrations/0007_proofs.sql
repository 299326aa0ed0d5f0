-- What a session’s person proved, and when the last time: a dangerous act asks for a proof that is fresh. Owned by
-- protections/sign-in. proved_at is null where nobody has proved a factor of one’s own here yet.
ALTER TABLE sessions
  ADD COLUMN way text NOT NULL DEFAULT 'password' CHECK (way IN
    ('password', 'passkey', 'sso', 'invitation', 'setup', 'link', 'recovery', 'break-glass')),
  ADD COLUMN factors text[] NOT NULL DEFAULT '{password,totp}',
  ADD COLUMN proved_at timestamptz;
UPDATE sessions SET proved_at = created_at;
ALTER TABLE sessions ALTER COLUMN way DROP DEFAULT, ALTER COLUMN factors DROP DEFAULT;
