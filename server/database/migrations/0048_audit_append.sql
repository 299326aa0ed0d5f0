-- What an entry costs to write. PostgreSQL reads CHECK constraints and generated columns of a table from their text anew for every
-- statement that inserts; those of a domain, and the predicate of an index, it keeps. So the levels and outcomes are domains, and
-- entries whose moment lies more than a minute from that of their id are known by the index alone. Owned by protections/audit-log.
CREATE DOMAIN audit_level AS text;
CREATE DOMAIN audit_outcome AS text;
ALTER TABLE audit_entries
  DROP CONSTRAINT audit_entries_level_check,
  DROP CONSTRAINT audit_entries_outcome_check,
  ALTER COLUMN level TYPE audit_level,
  ALTER COLUMN outcome TYPE audit_outcome;
-- After the columns, so that the rows are read once and not written anew.
ALTER DOMAIN audit_level ADD CONSTRAINT audit_level_check
  CHECK (VALUE IN ('security', 'data', 'administration', 'system', 'plugin'));
ALTER DOMAIN audit_outcome ADD CONSTRAINT audit_outcome_check CHECK (VALUE IN ('done', 'refused'));

ALTER TABLE audit_entries DROP COLUMN strayed;
-- Asked as “is null”, which PostgreSQL takes to be rare where it knows nothing; and an id that is no time is in it, too.
CREATE INDEX audit_entries_strayed ON audit_entries (organization_id, id)
  WHERE nullif((uuid_extract_timestamp(id) - at) BETWEEN interval '-1 minute' AND interval '1 minute', false) IS NULL;
