-- The transaction that began a rotation of keys or a review of rights: the database says it, the app can neither choose nor change it. Its
-- entries say which request began what the queue goes on with, days and weeks later. Owned by encryption/rotation and access/reviews.
ALTER TABLE key_rotations ADD COLUMN written_in xid8 NOT NULL DEFAULT pg_current_xact_id();
REVOKE INSERT, UPDATE ON key_rotations FROM lubart_app;
GRANT INSERT (organization_id, id, kind, from_key, to_key, person_id, started_at) ON key_rotations TO lubart_app;
GRANT UPDATE (from_key, to_key, paused_at, finished_at, total, done, remaining) ON key_rotations TO lubart_app;

ALTER TABLE review_campaigns ADD COLUMN written_in xid8 NOT NULL DEFAULT pg_current_xact_id();
REVOKE INSERT, UPDATE ON review_campaigns FROM lubart_app;
GRANT INSERT (organization_id, id, reason, due_on, person_id, started_by, started_at, deadline_at, escalate_at, escalate_to, reminder_days)
  ON review_campaigns TO lubart_app;
GRANT UPDATE (closing_at, closed_by, closed_at) ON review_campaigns TO lubart_app;
