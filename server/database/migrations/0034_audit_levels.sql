-- The levels of the log are five: what plugins do is a level of its own. Owned by protections/audit-log.
ALTER TABLE audit_entries DROP CONSTRAINT audit_entries_level_check;
ALTER TABLE audit_entries ADD CONSTRAINT audit_entries_level_check
  CHECK (level IN ('security', 'data', 'administration', 'system', 'plugin'));
