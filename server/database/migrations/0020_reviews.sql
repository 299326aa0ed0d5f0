-- Access reviews: who was asked about whose rights, what was answered, and the signed result. Owned by protections/access/reviews.

-- One row: how an organization reviews. Periods of the calendar that began before calendar_from start nothing.
CREATE TABLE review_rules (
  organization_id uuid NOT NULL REFERENCES organizations,
  version integer NOT NULL CHECK (version > 0),
  rules jsonb NOT NULL CHECK (jsonb_typeof(rules) = 'object'),
  calendar_from timestamptz NOT NULL,
  PRIMARY KEY (organization_id)
);

-- One row: one campaign, with the rules as they were when it started. due_on: the first day of the period that the calendar asked
-- about; a second node finds it taken. person_id: the only person of a review after a transfer. closing_at: from then on nobody answers.
CREATE TABLE review_campaigns (
  organization_id uuid NOT NULL REFERENCES organizations,
  id uuid NOT NULL,
  reason text NOT NULL CHECK (reason IN ('calendar', 'by-hand', 'transfer')),
  due_on date CHECK ((due_on IS NOT NULL) = (reason = 'calendar')),
  person_id uuid CHECK ((person_id IS NOT NULL) = (reason = 'transfer')),
  started_by uuid,
  started_at timestamptz NOT NULL,
  deadline_at timestamptz NOT NULL CHECK (deadline_at > started_at),
  escalate_at timestamptz NOT NULL,
  escalate_to text NOT NULL CHECK (escalate_to IN ('head-above', 'security')),
  reminder_days integer[] NOT NULL,
  closing_at timestamptz,
  closed_by uuid,
  closed_at timestamptz,
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, person_id) REFERENCES people (organization_id, id),
  FOREIGN KEY (organization_id, started_by) REFERENCES people (organization_id, id),
  FOREIGN KEY (organization_id, closed_by) REFERENCES people (organization_id, id)
);
CREATE UNIQUE INDEX review_campaigns_due ON review_campaigns (organization_id, due_on);
CREATE INDEX review_campaigns_open ON review_campaigns (organization_id, deadline_at) WHERE closed_at IS NULL;

-- One row: one right of one person, as it was when the campaign started, and what became of it. reviewer_id null: whoever runs reviews
-- answers. outcome null: nobody has answered. answered_by null with an outcome: the deadline answered. note is sealed.
CREATE TABLE review_items (
  organization_id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  id uuid NOT NULL,
  person_id uuid NOT NULL,
  reviewer_id uuid,
  kind text NOT NULL CHECK (kind IN ('role', 'temporary-role', 'api-key', 'share')),
  subject_id uuid NOT NULL,
  snapshot jsonb NOT NULL CHECK (jsonb_typeof(snapshot) = 'object'),
  escalated_at timestamptz,
  escalated_to uuid,
  answer text CHECK (answer IN ('confirm', 'withdraw')),
  answered_by uuid,
  answered_at timestamptz,
  note bytea,
  outcome text CHECK (outcome IN ('kept', 'withdrawn', 'refused', 'gone', 'moved')),
  refused text CHECK ((refused IS NOT NULL) = (outcome IS NOT DISTINCT FROM 'refused')),
  settled_at timestamptz CHECK ((settled_at IS NULL) = (outcome IS NULL)),
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, campaign_id) REFERENCES review_campaigns (organization_id, id) ON DELETE CASCADE,
  FOREIGN KEY (organization_id, person_id) REFERENCES people (organization_id, id),
  FOREIGN KEY (organization_id, reviewer_id) REFERENCES people (organization_id, id),
  FOREIGN KEY (organization_id, escalated_to) REFERENCES people (organization_id, id),
  FOREIGN KEY (organization_id, answered_by) REFERENCES people (organization_id, id)
);
CREATE UNIQUE INDEX review_items_right ON review_items (organization_id, campaign_id, person_id, kind, subject_id);
CREATE INDEX review_items_open ON review_items (organization_id, reviewer_id) WHERE outcome IS NULL;
CREATE INDEX review_items_before ON review_items (organization_id, person_id, kind, subject_id, settled_at);

-- One row: one letter about a campaign that one person was sent; the key keeps anybody from being reminded twice.
CREATE TABLE review_letters (
  organization_id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  person_id uuid NOT NULL,
  what text NOT NULL,
  sent_at timestamptz NOT NULL,
  PRIMARY KEY (organization_id, campaign_id, person_id, what),
  FOREIGN KEY (organization_id, campaign_id) REFERENCES review_campaigns (organization_id, id) ON DELETE CASCADE,
  FOREIGN KEY (organization_id, person_id) REFERENCES people (organization_id, id)
);

-- One row: the key pair with which an organization signs results; the private half is sealed.
CREATE TABLE review_keys (
  organization_id uuid NOT NULL REFERENCES organizations,
  id uuid NOT NULL,
  public_key bytea NOT NULL CHECK (octet_length(public_key) = 32),
  sealed bytea NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (organization_id, id)
);

-- One row: the result of one closed campaign, exactly as it was signed. It is never changed.
CREATE TABLE review_results (
  organization_id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  key_id uuid NOT NULL,
  sealed bytea NOT NULL,
  signature bytea NOT NULL CHECK (octet_length(signature) = 64),
  signed_at timestamptz NOT NULL,
  PRIMARY KEY (organization_id, campaign_id),
  FOREIGN KEY (organization_id, campaign_id) REFERENCES review_campaigns (organization_id, id) ON DELETE CASCADE,
  FOREIGN KEY (organization_id, key_id) REFERENCES review_keys (organization_id, id)
);

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['review_rules', 'review_campaigns', 'review_items', 'review_letters', 'review_keys', 'review_results']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY %I ON %I TO lubart_app USING (organization_id = (SELECT lubart_organization()))
      WITH CHECK (organization_id = (SELECT lubart_organization()))', name || '_own', name);
  END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE ON review_rules, review_items TO lubart_app;
GRANT SELECT, INSERT ON review_letters, review_keys, review_results TO lubart_app;
-- A campaign goes with everything that hangs on it, when its time of keeping is over, and not before a year has passed.
GRANT SELECT, INSERT, UPDATE, DELETE ON review_campaigns TO lubart_app;
CREATE POLICY review_campaigns_kept ON review_campaigns AS RESTRICTIVE FOR DELETE TO lubart_app
  USING (closed_at < now() - interval '1 year');
