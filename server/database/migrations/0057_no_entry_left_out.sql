-- An entry that ON CONFLICT leaves out leaves the mark of 0056, for the default of `written_in` is asked before: an act could pass the guard
-- with no entry. PostgreSQL refuses ON CONFLICT, and MERGE, for a table that has a rule for UPDATE. This one does nothing, is never run
-- (entries are not updated) and is read when a statement is parsed, so it costs an entry nothing. Owned by protections/audit-log.
CREATE RULE no_entry_left_out AS ON UPDATE TO audit_entries DO ALSO NOTHING;
