-- The transaction that queued a letter: the database says it, the app can neither leave it out nor change it. The entries of that
-- transaction say what the letter is about and which request began it. Owned by mail.
ALTER TABLE letters ADD COLUMN written_in xid8 NOT NULL DEFAULT pg_current_xact_id();
REVOKE INSERT, UPDATE ON letters FROM lubart_app;
GRANT INSERT (organization_id, id, sealed, queued_at, good_until, next_try_at) ON letters TO lubart_app;
GRANT UPDATE (sealed, tries, next_try_at, fault, sent_at, given_up_at) ON letters TO lubart_app;
