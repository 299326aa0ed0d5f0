-- A stretch of time in the log is read by ids, which are times. Entries whose moment lies more than a minute from that of their id (a
-- clock was set) are in none of the usual places: they say so in a column that nobody writes. Owned by protections/audit-log.
ALTER TABLE audit_entries ADD COLUMN strayed boolean NOT NULL GENERATED ALWAYS AS (
  ((uuid_extract_timestamp(id) - at) BETWEEN interval '-1 minute' AND interval '1 minute') IS NOT TRUE) STORED;
CREATE INDEX audit_entries_strayed ON audit_entries (organization_id, id) WHERE strayed;
