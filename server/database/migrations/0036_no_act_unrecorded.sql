-- No act without its entry: what changes a row of a table asks for an entry of the audit log in the same transaction, and the app lets
-- no transaction commit that was asked and wrote none. Owned by protections/audit-log.
-- Tables and columns that are left out change without an entry of their own: test/schema.test.ts names each with its reason.
CREATE FUNCTION lubart_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('lubart.changed', TG_TABLE_NAME, true);
  RETURN NULL;
END $$;

-- Called together with COMMIT. What a savepoint took back takes the question along.
CREATE FUNCTION lubart_require_entry() RETURNS void LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF coalesce(current_setting('lubart.changed', true), '') <> '' AND NOT EXISTS (
    SELECT FROM audit_entries
    WHERE organization_id = lubart_organization() AND written_in = pg_current_xact_id_if_assigned())
  THEN
    RAISE EXCEPTION 'lubart: % was changed and no entry says so', current_setting('lubart.changed')
      USING ERRCODE = 'LB001';
  END IF;
END $$;

DO $$
DECLARE
  asked record;
BEGIN
  FOR asked IN
    SELECT c.relname AS name, (
      SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute a
      WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        AND (c.relname, a.attname) NOT IN (VALUES
          ('sessions', 'last_seen_at'), ('sessions', 'last_address'), ('people', 'last_seen_at'),
          ('api_keys', 'last_used_at'), ('api_keys', 'last_address'), ('api_keys', 'told_at'),
          ('devices', 'last_used_at'), ('devices', 'address'), ('sso_identities', 'last_used_at'),
          ('passkeys', 'last_used_at'), ('passkeys', 'sign_counter'), ('passkeys', 'backed_up'),
          ('authenticators', 'last_step'), ('sms_numbers', 'last_used_at'), ('emergency_sheets', 'reminded_at'),
          ('review_campaigns', 'closing_at'), ('review_campaigns', 'closed_by'),
          ('contacts', 'name_bucket'), ('companies', 'name_bucket'))) AS columns
    FROM pg_class c
    WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname <> ALL (ARRAY[
      'audit_checkpoints', 'audit_entries', 'audit_leaves', 'audit_tiles', 'audit_trees',
      'company_search', 'contact_search', 'export_chunks', 'import_chunks', 'letters', 'name_orders',
      'sign_in_failures', 'sms_codes', 'sms_counts', 'spent_challenges', 'sso_answers'])
  LOOP
    EXECUTE format('CREATE TRIGGER asks_entry AFTER INSERT OR UPDATE OF %s OR DELETE ON %I
      FOR EACH ROW EXECUTE FUNCTION lubart_changed()', asked.columns, asked.name);
  END LOOP;
END $$;
