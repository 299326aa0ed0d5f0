-- A client that somebody shared with a whole department is a right that is reviewed, too. Owned by protections/access/reviews.
ALTER TABLE review_items DROP CONSTRAINT review_items_kind_check;
ALTER TABLE review_items ADD CONSTRAINT review_items_kind_check
  CHECK (kind IN ('role', 'temporary-role', 'api-key', 'share', 'department-share'));
