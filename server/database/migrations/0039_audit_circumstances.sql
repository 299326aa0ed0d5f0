-- An entry is found by its circumstances, too: the request, the address and the device it came from, its session and its event. The
-- columns repeat what the bytes of the entry say. Owned by protections/audit-log.
ALTER TABLE audit_entries
  ADD COLUMN request_id text COLLATE "C",
  ADD COLUMN address text COLLATE "C",
  ADD COLUMN device text COLLATE "C";
GRANT INSERT (request_id, address, device) ON audit_entries TO lubart_app;

-- Entries written before. Bytes that somebody spoiled are left to the verifier: they do not stop the update.
CREATE FUNCTION pg_temp.said(bytes bytea) RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
  RETURN convert_from(bytes, 'UTF8')::jsonb;
EXCEPTION WHEN OTHERS THEN
  RETURN NULL;
END $$;
ALTER TABLE audit_entries NO FORCE ROW LEVEL SECURITY;
UPDATE audit_entries e
SET (request_id, address, device) = (
  SELECT said ->> 'request', said ->> 'address', said ->> 'device' FROM pg_temp.said(e.bytes) AS said);
ALTER TABLE audit_entries FORCE ROW LEVEL SECURITY;

-- Each ends in the id, which is the order of the list: a page is read from the index as it lies there.
CREATE INDEX audit_entries_request ON audit_entries (organization_id, request_id, id);
CREATE INDEX audit_entries_address ON audit_entries (organization_id, address, id);
CREATE INDEX audit_entries_device ON audit_entries (organization_id, device, id);
CREATE INDEX audit_entries_session ON audit_entries (organization_id, session_id, id) WHERE session_id IS NOT NULL;
CREATE INDEX audit_entries_event ON audit_entries (organization_id, event, id);
