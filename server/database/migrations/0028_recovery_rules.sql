-- A request for recovery keeps the conditions it was made under: how many must approve, and who was asked. Owned by
-- protections/sign-in. Requests that wait at this moment were made when two of all colleagues were needed.
ALTER TABLE recovery_requests ADD COLUMN needed int NOT NULL DEFAULT 2 CHECK (needed BETWEEN 0 AND 5);
ALTER TABLE recovery_requests ADD COLUMN asked_ids uuid[] NOT NULL DEFAULT '{}';
ALTER TABLE recovery_requests NO FORCE ROW LEVEL SECURITY;
ALTER TABLE people NO FORCE ROW LEVEL SECURITY;
UPDATE recovery_requests r SET needed = CASE WHEN way = 'operator' THEN 0 ELSE 2 END,
  asked_ids = ARRAY(SELECT p.id FROM people p WHERE p.organization_id = r.organization_id);
ALTER TABLE recovery_requests FORCE ROW LEVEL SECURITY;
ALTER TABLE people FORCE ROW LEVEL SECURITY;
ALTER TABLE recovery_requests ALTER COLUMN needed DROP DEFAULT;
ALTER TABLE recovery_requests ALTER COLUMN asked_ids DROP DEFAULT;
