-- One row: a client that was erased. It says that, when, why and by whom; of the client itself nothing but the id is left anywhere.
-- Owned by server/crm/erasure.
CREATE TABLE erasures (
  organization_id uuid NOT NULL REFERENCES organizations,
  id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('contact', 'company')),
  record_id uuid NOT NULL,
  reason text NOT NULL CHECK (reason IN ('asked', 'consent_withdrawn', 'purpose_over', 'unlawful', 'replayed')),
  person_id uuid,
  entry_id uuid NOT NULL,
  counts jsonb NOT NULL,
  erased_at timestamptz NOT NULL,
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, person_id) REFERENCES people (organization_id, id)
);

CREATE INDEX erasures_of_record ON erasures (organization_id, record_id);

ALTER TABLE erasures ENABLE ROW LEVEL SECURITY;
ALTER TABLE erasures FORCE ROW LEVEL SECURITY;
CREATE POLICY erasures_own ON erasures TO lubart_app USING (organization_id = (SELECT lubart_organization()))
  WITH CHECK (organization_id = (SELECT lubart_organization()));
GRANT SELECT, INSERT ON erasures TO lubart_app;
-- What imports kept of an erased client goes with it.
GRANT DELETE ON import_updates TO lubart_app;

CREATE TRIGGER asks_entry AFTER INSERT OR UPDATE OR DELETE ON erasures FOR EACH ROW EXECUTE FUNCTION lubart_changed();
