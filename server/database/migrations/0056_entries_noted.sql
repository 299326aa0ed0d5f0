-- The guard of 0036 need not look into the log: where an entry is written, the default of the column that says in which transaction (the
-- app cannot set it) leaves a mark beside the one that asks. Both die with the transaction, and with a savepoint that is taken back. What
-- the look at the log cost, every act paid. Owned by protections/audit-log.
CREATE FUNCTION lubart_noted() RETURNS xid8 LANGUAGE sql VOLATILE
  RETURN CASE WHEN set_config('lubart.noted', 'yes', true) <> '' THEN pg_current_xact_id() END;
ALTER TABLE audit_entries ALTER COLUMN written_in SET DEFAULT lubart_noted();

CREATE OR REPLACE FUNCTION lubart_require_entry() RETURNS void LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF coalesce(current_setting('lubart.changed', true), '') <> '' AND coalesce(current_setting('lubart.noted', true), '') = '' THEN
    RAISE EXCEPTION 'lubart: % was changed and no entry says so', current_setting('lubart.changed') USING ERRCODE = 'LB001';
  END IF;
END $$;
