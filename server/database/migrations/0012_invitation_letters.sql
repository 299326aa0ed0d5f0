-- The letter that carries an invitation’s link, so that whoever invited sees whether it left. No foreign key: what became of a letter
-- is forgotten sooner than the invitation. Owned by protections/sign-in.
ALTER TABLE invitations ADD COLUMN letter_id uuid;
