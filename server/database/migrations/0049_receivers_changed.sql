-- Receivers of the log can be paused and changed, and are shown who sends. Owned by protections/audit-log/forwarding.

ALTER TABLE audit_forwards
  -- Nothing is sent since then.
  ADD COLUMN paused_at timestamptz,
  -- Whoever is sending stops when somebody changed it meanwhile.
  ADD COLUMN changed_at timestamptz,
  -- Who we are to a syslog server that asks (PEM); its key is sealed.
  ADD COLUMN certificate text,
  -- The last failure, also when it is over.
  ADD COLUMN failed_at timestamptz,
  ADD COLUMN failed_why text,
  -- Lines that said of an entry that it is gone, or is not what was sealed.
  ADD COLUMN sent_gone bigint NOT NULL DEFAULT 0,
  ADD COLUMN sent_changed bigint NOT NULL DEFAULT 0,
  DROP CONSTRAINT audit_forwards_problem_check,
  ADD CONSTRAINT audit_forwards_problem_check CHECK (problem IN ('unreachable', 'certificate_wrong', 'client_refused',
    'address_forbidden', 'refused', 'not_confirmed', 'not_written')),
  ADD CONSTRAINT audit_forwards_failed_why_check CHECK (failed_why IN ('unreachable', 'certificate_wrong', 'client_refused',
    'address_forbidden', 'refused', 'not_confirmed', 'not_written'));
GRANT UPDATE (form, address, with_names, authority, certificate, paused_at, changed_at, failed_at, failed_why, sent_gone,
  sent_changed) ON audit_forwards TO lubart_app;
DROP TRIGGER asks_entry ON audit_forwards;
CREATE TRIGGER asks_entry AFTER INSERT OR UPDATE OF organization_id, id, kind, form, address, with_names, authority, sealed, added_at,
  paused_at, changed_at, certificate OR DELETE ON audit_forwards FOR EACH ROW EXECUTE FUNCTION lubart_changed();
