-- A statement that must change one row and finds none fails, so that whatever was sent behind it, COMMIT above all, fails with it.
-- Owned by protections/sign-in.
CREATE FUNCTION lubart_require_taken(taken bigint) RETURNS void LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  IF taken <> 1 THEN
    RAISE EXCEPTION 'lubart: nothing was there to be taken' USING ERRCODE = 'LB002';
  END IF;
END $$;
