-- What a client is expected to bring, in hryvnias: the number that statistics add up until there are deals. Owned by crm/records.
ALTER TABLE contacts ADD COLUMN expected_amount numeric(14, 2) CHECK (expected_amount >= 0);
ALTER TABLE companies ADD COLUMN expected_amount numeric(14, 2) CHECK (expected_amount >= 0);

-- A change of the new column asks for an entry of the log like one of every other (0036).
DROP TRIGGER asks_entry ON contacts;
CREATE TRIGGER asks_entry AFTER INSERT OR DELETE OR UPDATE OF organization_id, id, owner_id, department_id, company_id, stage,
  legal_basis, tags, next_step_on, version, created_at, updated_at, archived_at, record_key, sealed, expected_amount
  ON contacts FOR EACH ROW EXECUTE FUNCTION lubart_changed();
DROP TRIGGER asks_entry ON companies;
CREATE TRIGGER asks_entry AFTER INSERT OR DELETE OR UPDATE OF organization_id, id, owner_id, department_id, stage, tags, version,
  created_at, updated_at, archived_at, record_key, sealed, expected_amount
  ON companies FOR EACH ROW EXECUTE FUNCTION lubart_changed();
