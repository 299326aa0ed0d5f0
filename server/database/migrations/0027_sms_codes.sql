-- Codes by SMS as they came to be: the number that is being enrolled travels in the sealed ticket, not beside its code. Owned by
-- protections/sign-in/sms-codes.
ALTER TABLE sms_codes DROP COLUMN sealed;
-- Only its newest code is good for a person and a purpose.
DROP INDEX sms_codes_person;
CREATE INDEX sms_codes_newest ON sms_codes (organization_id, person_id, purpose, sent_at DESC);
