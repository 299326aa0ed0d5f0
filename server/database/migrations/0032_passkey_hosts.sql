-- For which host name a passkey was made (WebAuthn, RP ID): under another name it does not exist. Empty: made before this was kept.
-- Owned by protections/sign-in.
ALTER TABLE passkeys ADD COLUMN host text NOT NULL DEFAULT '' CHECK (length(host) <= 253);
