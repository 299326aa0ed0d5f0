-- One row: one person’s reveals of masked values within the last hour, so that they can be limited. Owned by crm/records.
CREATE TABLE reveals (
  organization_id uuid NOT NULL,
  person_id uuid NOT NULL,
  moments timestamptz[] NOT NULL,
  PRIMARY KEY (organization_id, person_id),
  FOREIGN KEY (organization_id, person_id) REFERENCES people (organization_id, id)
);
ALTER TABLE reveals ENABLE ROW LEVEL SECURITY;
ALTER TABLE reveals FORCE ROW LEVEL SECURITY;
CREATE POLICY reveals_own ON reveals TO lubart_app USING (organization_id = (SELECT lubart_organization()))
  WITH CHECK (organization_id = (SELECT lubart_organization()));
GRANT SELECT, INSERT, UPDATE ON reveals TO lubart_app;
