-- The schema as it is after all migrations. Written by test/schema.test.ts with LUBART_WRITE_SCHEMA=1; never edited by hand.

CREATE TABLE api_keys (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  person_id uuid NOT NULL,
  sealed bytea NOT NULL,
  hint text NOT NULL,
  secret_hash bytea NOT NULL,
  previous_hash bytea,
  previous_until timestamp with time zone,
  role_ids uuid[] NOT NULL,
  networks text[] NOT NULL DEFAULT '{}'::text[],
  days integer NOT NULL,
  created_at timestamp with time zone NOT NULL,
  renewed_at timestamp with time zone NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  last_used_at timestamp with time zone,
  last_address text,
  told_at timestamp with time zone,
  revoked_at timestamp with time zone,
  CONSTRAINT api_keys_check CHECK (((expires_at > renewed_at) AND (expires_at <= (renewed_at + '366 days'::interval)))),
  CONSTRAINT api_keys_check1 CHECK (((previous_hash IS NULL) = (previous_until IS NULL))),
  CONSTRAINT api_keys_days_check CHECK (((days >= 1) AND (days <= 365))),
  CONSTRAINT api_keys_hint_check CHECK (((length(hint) >= 4) AND (length(hint) <= 16))),
  CONSTRAINT api_keys_previous_hash_check CHECK ((octet_length(previous_hash) = 32)),
  CONSTRAINT api_keys_role_ids_check CHECK (((cardinality(role_ids) >= 1) AND (cardinality(role_ids) <= 20))),
  CONSTRAINT api_keys_secret_hash_check CHECK ((octet_length(secret_hash) = 32)),
  CONSTRAINT api_keys_organization_id_person_id_fkey FOREIGN KEY (organization_id, person_id) REFERENCES people(organization_id, id),
  CONSTRAINT api_keys_pkey PRIMARY KEY (organization_id, id)
);
CREATE INDEX api_keys_person ON public.api_keys USING btree (organization_id, person_id);
CREATE UNIQUE INDEX api_keys_previous ON public.api_keys USING btree (organization_id, previous_hash);
CREATE UNIQUE INDEX api_keys_secret ON public.api_keys USING btree (organization_id, secret_hash);
ALTER TABLE api_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE api_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY api_keys_own ON api_keys AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT INSERT, SELECT, UPDATE ON api_keys TO lubart_app;
CREATE TRIGGER asks_entry AFTER INSERT OR DELETE OR UPDATE OF organization_id, id, person_id, sealed, hint, secret_hash, previous_hash, previous_until, role_ids, networks, days, created_at, renewed_at, expires_at, revoked_at ON api_keys FOR EACH ROW EXECUTE FUNCTION lubart_changed();

CREATE TABLE audit_anchors (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  kind text NOT NULL,
  sealed bytea NOT NULL,
  every_minutes integer NOT NULL,
  added_at timestamp with time zone NOT NULL,
  size bigint NOT NULL DEFAULT 0,
  note text,
  anchored_at timestamp with time zone,
  letter_ids uuid[] NOT NULL DEFAULT '{}'::uuid[],
  letter_note text,
  letter_at timestamp with time zone,
  tried_at timestamp with time zone,
  next_at timestamp with time zone NOT NULL,
  failures integer NOT NULL DEFAULT 0,
  problem text,
  CONSTRAINT audit_anchors_every_minutes_check CHECK (((every_minutes >= 15) AND (every_minutes <= 10080))),
  CONSTRAINT audit_anchors_kind_check CHECK ((kind = ANY (ARRAY['stamp'::text, 'letter'::text, 'telegram'::text, 'bucket'::text]))),
  CONSTRAINT audit_anchors_problem_check CHECK ((problem = ANY (ARRAY['unreachable'::text, 'refused'::text, 'answer_wrong'::text, 'clock_wrong'::text, 'not_delivered'::text, 'not_locked'::text, 'forked'::text]))),
  CONSTRAINT audit_anchors_size_check CHECK ((size >= 0)),
  CONSTRAINT audit_anchors_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(organization_id),
  CONSTRAINT audit_anchors_pkey PRIMARY KEY (organization_id, id)
);
ALTER TABLE audit_anchors ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_anchors FORCE ROW LEVEL SECURITY;
CREATE POLICY audit_anchors_own ON audit_anchors AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT DELETE, INSERT, SELECT ON audit_anchors TO lubart_app;
CREATE TRIGGER asks_entry AFTER INSERT OR DELETE OR UPDATE OF organization_id, id, kind, sealed, every_minutes, added_at ON audit_anchors FOR EACH ROW EXECUTE FUNCTION lubart_changed();

CREATE TABLE audit_checkpoints (
  organization_id uuid NOT NULL,
  size bigint NOT NULL,
  note text NOT NULL,
  signed_at timestamp with time zone NOT NULL,
  CONSTRAINT audit_checkpoints_size_check CHECK ((size > 0)),
  CONSTRAINT audit_checkpoints_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(organization_id),
  CONSTRAINT audit_checkpoints_pkey PRIMARY KEY (organization_id, size)
);
ALTER TABLE audit_checkpoints ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_checkpoints FORCE ROW LEVEL SECURITY;
CREATE POLICY audit_checkpoints_door ON audit_checkpoints AS PERMISSIVE FOR SELECT TO lubart_door USING (true);
CREATE POLICY audit_checkpoints_own ON audit_checkpoints AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT DELETE, INSERT, SELECT ON audit_checkpoints TO lubart_app;
GRANT SELECT ON audit_checkpoints TO lubart_door;

CREATE TABLE audit_entries (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  at timestamp with time zone NOT NULL,
  level audit_level NOT NULL,
  event text NOT NULL,
  outcome audit_outcome NOT NULL,
  actor_id uuid,
  session_id uuid,
  subject_ids uuid[] NOT NULL,
  bytes bytea NOT NULL,
  written_in xid8 NOT NULL DEFAULT lubart_noted(),
  request_id text,
  address text,
  device text,
  CONSTRAINT audit_entries_pkey PRIMARY KEY (organization_id, id)
);
CREATE INDEX audit_entries_written ON public.audit_entries USING btree (organization_id, written_in);
ALTER TABLE audit_entries ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_entries FORCE ROW LEVEL SECURITY;
CREATE POLICY audit_entries_append ON audit_entries AS PERMISSIVE FOR INSERT TO lubart_app WITH CHECK (((organization_id = lubart_organization()) AND (written_in = pg_current_xact_id())));
CREATE POLICY audit_entries_door ON audit_entries AS PERMISSIVE FOR SELECT TO lubart_door USING (true);
CREATE POLICY audit_entries_prune ON audit_entries AS PERMISSIVE FOR DELETE TO lubart_door USING (true);
CREATE POLICY audit_entries_read ON audit_entries AS PERMISSIVE FOR SELECT TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT INSERT, SELECT ON audit_entries TO lubart_app;
GRANT DELETE, SELECT ON audit_entries TO lubart_door;
CREATE TRIGGER asks_entry AFTER DELETE ON audit_entries FOR EACH ROW EXECUTE FUNCTION lubart_changed();
CREATE RULE no_entry_left_out AS
    ON UPDATE TO public.audit_entries DO NOTHING;

CREATE TABLE audit_forwards (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  kind text NOT NULL,
  form text NOT NULL,
  address text NOT NULL,
  with_names boolean NOT NULL,
  authority text,
  sealed bytea NOT NULL,
  added_at timestamp with time zone NOT NULL,
  next_index bigint NOT NULL,
  delivered_at timestamp with time zone,
  tried_at timestamp with time zone,
  next_at timestamp with time zone NOT NULL,
  busy_until timestamp with time zone,
  failures integer NOT NULL DEFAULT 0,
  problem text,
  paused_at timestamp with time zone,
  changed_at timestamp with time zone,
  certificate text,
  failed_at timestamp with time zone,
  failed_why text,
  sent_gone bigint NOT NULL DEFAULT 0,
  sent_changed bigint NOT NULL DEFAULT 0,
  CONSTRAINT audit_forwards_failed_why_check CHECK ((failed_why = ANY (ARRAY['unreachable'::text, 'certificate_wrong'::text, 'client_refused'::text, 'address_forbidden'::text, 'refused'::text, 'not_confirmed'::text, 'not_written'::text]))),
  CONSTRAINT audit_forwards_form_check CHECK ((form = ANY (ARRAY['ocsf'::text, 'cef'::text]))),
  CONSTRAINT audit_forwards_kind_check CHECK ((kind = ANY (ARRAY['syslog'::text, 'webhook'::text, 'file'::text]))),
  CONSTRAINT audit_forwards_next_index_check CHECK ((next_index >= 0)),
  CONSTRAINT audit_forwards_problem_check CHECK ((problem = ANY (ARRAY['unreachable'::text, 'certificate_wrong'::text, 'client_refused'::text, 'address_forbidden'::text, 'refused'::text, 'not_confirmed'::text, 'not_written'::text]))),
  CONSTRAINT audit_forwards_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(organization_id),
  CONSTRAINT audit_forwards_pkey PRIMARY KEY (organization_id, id)
);
ALTER TABLE audit_forwards ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_forwards FORCE ROW LEVEL SECURITY;
CREATE POLICY audit_forwards_own ON audit_forwards AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT DELETE, INSERT, SELECT ON audit_forwards TO lubart_app;
CREATE TRIGGER asks_entry AFTER INSERT OR DELETE OR UPDATE OF organization_id, id, kind, form, address, with_names, authority, sealed, added_at, paused_at, changed_at, certificate ON audit_forwards FOR EACH ROW EXECUTE FUNCTION lubart_changed();

CREATE TABLE audit_index (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  at timestamp with time zone NOT NULL,
  level audit_level NOT NULL,
  event text NOT NULL,
  outcome audit_outcome NOT NULL,
  actor_id uuid,
  session_id uuid,
  subject_ids uuid[] NOT NULL,
  request_id text,
  address text,
  device text,
  CONSTRAINT audit_index_pkey PRIMARY KEY (organization_id, id)
);
CREATE INDEX audit_index_actor ON public.audit_index USING btree (organization_id, actor_id, id);
CREATE INDEX audit_index_address ON public.audit_index USING btree (organization_id, address, id);
CREATE INDEX audit_index_device ON public.audit_index USING btree (organization_id, device, id);
CREATE INDEX audit_index_event ON public.audit_index USING btree (organization_id, event, id);
CREATE INDEX audit_index_level ON public.audit_index USING btree (organization_id, level, id);
CREATE INDEX audit_index_outcome ON public.audit_index USING btree (organization_id, id) WHERE ((outcome)::text = 'refused'::text);
CREATE INDEX audit_index_request ON public.audit_index USING btree (organization_id, request_id, id);
CREATE INDEX audit_index_session ON public.audit_index USING btree (organization_id, session_id, id) WHERE (session_id IS NOT NULL);
CREATE INDEX audit_index_subjects ON public.audit_index USING gin (subject_ids);
ALTER TABLE audit_index ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_index FORCE ROW LEVEL SECURITY;
CREATE POLICY audit_index_append ON audit_index AS PERMISSIVE FOR INSERT TO lubart_door WITH CHECK ((organization_id = lubart_organization()));
CREATE POLICY audit_index_door ON audit_index AS PERMISSIVE FOR SELECT TO lubart_door USING (true);
CREATE POLICY audit_index_prune ON audit_index AS PERMISSIVE FOR DELETE TO lubart_door USING (true);
CREATE POLICY audit_index_read ON audit_index AS PERMISSIVE FOR SELECT TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT SELECT ON audit_index TO lubart_app;
GRANT DELETE, INSERT, SELECT ON audit_index TO lubart_door;

CREATE TABLE audit_indexed (
  organization_id uuid NOT NULL,
  places bigint NOT NULL,
  CONSTRAINT audit_indexed_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(organization_id),
  CONSTRAINT audit_indexed_pkey PRIMARY KEY (organization_id)
);
ALTER TABLE audit_indexed ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_indexed FORCE ROW LEVEL SECURITY;
CREATE POLICY audit_indexed_door ON audit_indexed AS PERMISSIVE FOR ALL TO lubart_door USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
CREATE POLICY audit_indexed_read ON audit_indexed AS PERMISSIVE FOR SELECT TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT SELECT ON audit_indexed TO lubart_app;
GRANT INSERT, SELECT, UPDATE ON audit_indexed TO lubart_door;

CREATE TABLE audit_leaves (
  organization_id uuid NOT NULL,
  position bigint NOT NULL,
  entry_id uuid NOT NULL,
  CONSTRAINT audit_leaves_position_check CHECK (("position" >= 0)),
  CONSTRAINT audit_leaves_pkey PRIMARY KEY (organization_id, "position"),
  CONSTRAINT audit_leaves_organization_id_entry_id_key UNIQUE (organization_id, entry_id)
);
ALTER TABLE audit_leaves ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_leaves FORCE ROW LEVEL SECURITY;
CREATE POLICY audit_leaves_door ON audit_leaves AS PERMISSIVE FOR SELECT TO lubart_door USING (true);
CREATE POLICY audit_leaves_own ON audit_leaves AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT INSERT, SELECT ON audit_leaves TO lubart_app;
GRANT SELECT ON audit_leaves TO lubart_door;

CREATE TABLE audit_stamps (
  organization_id uuid NOT NULL,
  anchor_id uuid NOT NULL,
  size bigint NOT NULL,
  note text NOT NULL,
  stamp bytea NOT NULL,
  stamped_at timestamp with time zone NOT NULL,
  CONSTRAINT audit_stamps_size_check CHECK ((size > 0)),
  CONSTRAINT audit_stamps_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(organization_id),
  CONSTRAINT audit_stamps_pkey PRIMARY KEY (organization_id, anchor_id, size)
);
CREATE INDEX audit_stamps_by_size ON public.audit_stamps USING btree (organization_id, size);
ALTER TABLE audit_stamps ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_stamps FORCE ROW LEVEL SECURITY;
CREATE POLICY audit_stamps_door ON audit_stamps AS PERMISSIVE FOR ALL TO lubart_door USING (true);
CREATE POLICY audit_stamps_own ON audit_stamps AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT INSERT, SELECT ON audit_stamps TO lubart_app;
GRANT DELETE, SELECT ON audit_stamps TO lubart_door;

CREATE TABLE audit_strays (
  organization_id uuid NOT NULL,
  entry_id uuid NOT NULL,
  CONSTRAINT audit_strays_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(organization_id),
  CONSTRAINT audit_strays_pkey PRIMARY KEY (organization_id, entry_id)
);
ALTER TABLE audit_strays ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_strays FORCE ROW LEVEL SECURITY;
CREATE POLICY audit_strays_append ON audit_strays AS PERMISSIVE FOR INSERT TO lubart_app WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
CREATE POLICY audit_strays_door ON audit_strays AS PERMISSIVE FOR SELECT TO lubart_door USING (true);
CREATE POLICY audit_strays_prune ON audit_strays AS PERMISSIVE FOR DELETE TO lubart_door USING (true);
CREATE POLICY audit_strays_read ON audit_strays AS PERMISSIVE FOR SELECT TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT INSERT, SELECT ON audit_strays TO lubart_app;
GRANT DELETE, SELECT ON audit_strays TO lubart_door;

CREATE TABLE audit_tiles (
  organization_id uuid NOT NULL,
  level smallint NOT NULL,
  index bigint NOT NULL,
  hashes bytea NOT NULL,
  CONSTRAINT audit_tiles_hashes_check CHECK ((((octet_length(hashes) >= 32) AND (octet_length(hashes) <= 8192)) AND ((octet_length(hashes) % 32) = 0))),
  CONSTRAINT audit_tiles_index_check CHECK ((index >= 0)),
  CONSTRAINT audit_tiles_level_check CHECK (((level >= 0) AND (level <= 7))),
  CONSTRAINT audit_tiles_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(organization_id),
  CONSTRAINT audit_tiles_pkey PRIMARY KEY (organization_id, level, index)
);
ALTER TABLE audit_tiles ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_tiles FORCE ROW LEVEL SECURITY;
CREATE POLICY audit_tiles_own ON audit_tiles AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT INSERT, SELECT ON audit_tiles TO lubart_app;

CREATE TABLE audit_trees (
  organization_id uuid NOT NULL,
  size bigint NOT NULL,
  snapshot pg_snapshot NOT NULL,
  CONSTRAINT audit_trees_size_check CHECK ((size >= 0)),
  CONSTRAINT audit_trees_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(organization_id),
  CONSTRAINT audit_trees_pkey PRIMARY KEY (organization_id)
);
ALTER TABLE audit_trees ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_trees FORCE ROW LEVEL SECURITY;
CREATE POLICY audit_trees_door ON audit_trees AS PERMISSIVE FOR SELECT TO lubart_door USING (true);
CREATE POLICY audit_trees_own ON audit_trees AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT INSERT, SELECT ON audit_trees TO lubart_app;
GRANT SELECT ON audit_trees TO lubart_door;

CREATE TABLE audit_witnesses (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  address text NOT NULL,
  key text NOT NULL,
  added_at timestamp with time zone NOT NULL,
  size bigint NOT NULL DEFAULT 0,
  confirmed_at timestamp with time zone,
  note text,
  tried_at timestamp with time zone,
  next_at timestamp with time zone NOT NULL,
  failures integer NOT NULL DEFAULT 0,
  problem text,
  CONSTRAINT audit_witnesses_problem_check CHECK ((problem = ANY (ARRAY['unreachable'::text, 'refused'::text, 'answer_wrong'::text, 'clock_wrong'::text, 'forked'::text]))),
  CONSTRAINT audit_witnesses_size_check CHECK ((size >= 0)),
  CONSTRAINT audit_witnesses_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(organization_id),
  CONSTRAINT audit_witnesses_pkey PRIMARY KEY (organization_id, id),
  CONSTRAINT audit_witnesses_organization_id_key_key UNIQUE (organization_id, key)
);
ALTER TABLE audit_witnesses ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_witnesses FORCE ROW LEVEL SECURITY;
CREATE POLICY audit_witnesses_own ON audit_witnesses AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT DELETE, INSERT, SELECT ON audit_witnesses TO lubart_app;
CREATE TRIGGER asks_entry AFTER INSERT OR DELETE OR UPDATE OF organization_id, id, address, key, added_at ON audit_witnesses FOR EACH ROW EXECUTE FUNCTION lubart_changed();

CREATE TABLE authenticators (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  person_id uuid NOT NULL,
  sealed bytea NOT NULL,
  last_step bigint NOT NULL,
  created_at timestamp with time zone NOT NULL,
  CONSTRAINT authenticators_organization_id_person_id_fkey FOREIGN KEY (organization_id, person_id) REFERENCES people(organization_id, id),
  CONSTRAINT authenticators_pkey PRIMARY KEY (organization_id, id)
);
CREATE INDEX authenticators_person ON public.authenticators USING btree (organization_id, person_id);
ALTER TABLE authenticators ENABLE ROW LEVEL SECURITY;
ALTER TABLE authenticators FORCE ROW LEVEL SECURITY;
CREATE POLICY authenticators_own ON authenticators AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT DELETE, INSERT, SELECT, UPDATE ON authenticators TO lubart_app;
CREATE TRIGGER asks_entry AFTER INSERT OR DELETE OR UPDATE OF organization_id, id, person_id, sealed, created_at ON authenticators FOR EACH ROW EXECUTE FUNCTION lubart_changed();

CREATE TABLE companies (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  owner_id uuid NOT NULL,
  department_id uuid NOT NULL,
  stage text NOT NULL,
  tags text[] NOT NULL DEFAULT '{}'::text[],
  name_bucket smallint NOT NULL,
  version integer NOT NULL DEFAULT 1,
  created_at timestamp with time zone NOT NULL,
  updated_at timestamp with time zone NOT NULL,
  archived_at timestamp with time zone,
  record_key bytea NOT NULL,
  sealed bytea NOT NULL,
  expected_amount numeric(14,2),
  CONSTRAINT companies_expected_amount_check CHECK ((expected_amount >= (0)::numeric)),
  CONSTRAINT companies_version_check CHECK ((version > 0)),
  CONSTRAINT companies_organization_id_department_id_fkey FOREIGN KEY (organization_id, department_id) REFERENCES departments(organization_id, id),
  CONSTRAINT companies_organization_id_owner_id_fkey FOREIGN KEY (organization_id, owner_id) REFERENCES people(organization_id, id),
  CONSTRAINT companies_pkey PRIMARY KEY (organization_id, id)
);
CREATE INDEX companies_department_created ON public.companies USING btree (organization_id, department_id, id);
CREATE INDEX companies_department_name ON public.companies USING btree (organization_id, department_id, name_bucket);
CREATE INDEX companies_department_updated ON public.companies USING btree (organization_id, department_id, updated_at, id);
CREATE INDEX companies_owner_created ON public.companies USING btree (organization_id, owner_id, id);
CREATE INDEX companies_owner_name ON public.companies USING btree (organization_id, owner_id, name_bucket);
CREATE INDEX companies_owner_updated ON public.companies USING btree (organization_id, owner_id, updated_at, id);
ALTER TABLE companies ENABLE ROW LEVEL SECURITY;
ALTER TABLE companies FORCE ROW LEVEL SECURITY;
CREATE POLICY companies_by_share ON companies AS PERMISSIVE FOR SELECT TO lubart_app USING (((organization_id = ( SELECT lubart_organization() AS lubart_organization)) AND (id IN ( SELECT lubart_shared('company'::text, false) AS lubart_shared))));
CREATE POLICY companies_by_share_edit ON companies AS PERMISSIVE FOR UPDATE TO lubart_app USING (((organization_id = ( SELECT lubart_organization() AS lubart_organization)) AND (id IN ( SELECT lubart_shared('company'::text, true) AS lubart_shared)))) WITH CHECK (((organization_id = ( SELECT lubart_organization() AS lubart_organization)) AND (id IN ( SELECT lubart_shared('company'::text, true) AS lubart_shared))));
CREATE POLICY companies_door ON companies AS PERMISSIVE FOR SELECT TO lubart_door USING (true);
CREATE POLICY companies_in_scope ON companies AS PERMISSIVE FOR ALL TO lubart_app USING (((organization_id = ( SELECT lubart_organization() AS lubart_organization)) AND ((owner_id = ( SELECT lubart_reached_person() AS lubart_reached_person)) OR (department_id = ANY (( SELECT lubart_reached_departments() AS lubart_reached_departments)::uuid[])) OR ( SELECT (lubart_scope() = 'all'::text)))));
CREATE POLICY companies_shared_kept ON companies AS RESTRICTIVE FOR UPDATE TO lubart_app USING (true) WITH CHECK ((( SELECT (current_setting('lubart.shares'::text, true) IS DISTINCT FROM 'company.update'::text)) OR (NOT (id IN ( SELECT lubart_shared('company'::text, true) AS lubart_shared))) OR lubart_holds('company'::text, id, owner_id, department_id, (archived_at IS NOT NULL))));
GRANT DELETE, INSERT, SELECT, UPDATE ON companies TO lubart_app;
CREATE TRIGGER asks_entry AFTER INSERT OR DELETE OR UPDATE OF organization_id, id, owner_id, department_id, stage, tags, version, created_at, updated_at, archived_at, record_key, sealed, expected_amount ON companies FOR EACH ROW EXECUTE FUNCTION lubart_changed();

CREATE TABLE company_search (
  organization_id uuid NOT NULL,
  record_id uuid NOT NULL,
  owner_id uuid NOT NULL,
  department_id uuid NOT NULL,
  archived boolean NOT NULL DEFAULT false,
  tokens integer[] NOT NULL,
  index_key integer NOT NULL DEFAULT 0,
  CONSTRAINT company_search_organization_id_record_id_fkey FOREIGN KEY (organization_id, record_id) REFERENCES companies(organization_id, id) ON DELETE CASCADE,
  CONSTRAINT company_search_pkey PRIMARY KEY (organization_id, record_id)
);
CREATE INDEX company_search_tokens ON public.company_search USING gin (owner_id, department_id, tokens);
ALTER TABLE company_search ENABLE ROW LEVEL SECURITY;
ALTER TABLE company_search FORCE ROW LEVEL SECURITY;
CREATE POLICY company_search_by_share ON company_search AS PERMISSIVE FOR SELECT TO lubart_app USING (((organization_id = ( SELECT lubart_organization() AS lubart_organization)) AND (record_id IN ( SELECT lubart_shared('company'::text, false) AS lubart_shared))));
CREATE POLICY company_search_by_share_edit ON company_search AS PERMISSIVE FOR UPDATE TO lubart_app USING (((organization_id = ( SELECT lubart_organization() AS lubart_organization)) AND (record_id IN ( SELECT lubart_shared('company'::text, true) AS lubart_shared)))) WITH CHECK (((organization_id = ( SELECT lubart_organization() AS lubart_organization)) AND (record_id IN ( SELECT lubart_shared('company'::text, true) AS lubart_shared))));
CREATE POLICY company_search_door ON company_search AS PERMISSIVE FOR SELECT TO lubart_door USING (true);
CREATE POLICY company_search_in_scope ON company_search AS PERMISSIVE FOR ALL TO lubart_app USING (((organization_id = ( SELECT lubart_organization() AS lubart_organization)) AND ((owner_id = ( SELECT lubart_reached_person() AS lubart_reached_person)) OR (department_id = ANY (( SELECT lubart_reached_departments() AS lubart_reached_departments)::uuid[])) OR ( SELECT (lubart_scope() = 'all'::text)))));
CREATE POLICY company_search_shared_kept ON company_search AS RESTRICTIVE FOR UPDATE TO lubart_app USING (true) WITH CHECK ((( SELECT (current_setting('lubart.shares'::text, true) IS DISTINCT FROM 'company.update'::text)) OR (NOT (record_id IN ( SELECT lubart_shared('company'::text, true) AS lubart_shared))) OR lubart_holds('company'::text, record_id, owner_id, department_id, archived)));
GRANT INSERT, SELECT, UPDATE ON company_search TO lubart_app;
GRANT SELECT ON company_search TO lubart_door;

CREATE TABLE contact_search (
  organization_id uuid NOT NULL,
  record_id uuid NOT NULL,
  owner_id uuid NOT NULL,
  department_id uuid NOT NULL,
  archived boolean NOT NULL DEFAULT false,
  tokens integer[] NOT NULL,
  index_key integer NOT NULL DEFAULT 0,
  CONSTRAINT contact_search_organization_id_record_id_fkey FOREIGN KEY (organization_id, record_id) REFERENCES contacts(organization_id, id) ON DELETE CASCADE,
  CONSTRAINT contact_search_pkey PRIMARY KEY (organization_id, record_id)
);
CREATE INDEX contact_search_tokens ON public.contact_search USING gin (owner_id, department_id, tokens);
ALTER TABLE contact_search ENABLE ROW LEVEL SECURITY;
ALTER TABLE contact_search FORCE ROW LEVEL SECURITY;
CREATE POLICY contact_search_by_share ON contact_search AS PERMISSIVE FOR SELECT TO lubart_app USING (((organization_id = ( SELECT lubart_organization() AS lubart_organization)) AND (record_id IN ( SELECT lubart_shared('contact'::text, false) AS lubart_shared))));
CREATE POLICY contact_search_by_share_edit ON contact_search AS PERMISSIVE FOR UPDATE TO lubart_app USING (((organization_id = ( SELECT lubart_organization() AS lubart_organization)) AND (record_id IN ( SELECT lubart_shared('contact'::text, true) AS lubart_shared)))) WITH CHECK (((organization_id = ( SELECT lubart_organization() AS lubart_organization)) AND (record_id IN ( SELECT lubart_shared('contact'::text, true) AS lubart_shared))));
CREATE POLICY contact_search_door ON contact_search AS PERMISSIVE FOR SELECT TO lubart_door USING (true);
CREATE POLICY contact_search_in_scope ON contact_search AS PERMISSIVE FOR ALL TO lubart_app USING (((organization_id = ( SELECT lubart_organization() AS lubart_organization)) AND ((owner_id = ( SELECT lubart_reached_person() AS lubart_reached_person)) OR (department_id = ANY (( SELECT lubart_reached_departments() AS lubart_reached_departments)::uuid[])) OR ( SELECT (lubart_scope() = 'all'::text)))));
CREATE POLICY contact_search_shared_kept ON contact_search AS RESTRICTIVE FOR UPDATE TO lubart_app USING (true) WITH CHECK ((( SELECT (current_setting('lubart.shares'::text, true) IS DISTINCT FROM 'contact.update'::text)) OR (NOT (record_id IN ( SELECT lubart_shared('contact'::text, true) AS lubart_shared))) OR lubart_holds('contact'::text, record_id, owner_id, department_id, archived)));
GRANT INSERT, SELECT, UPDATE ON contact_search TO lubart_app;
GRANT SELECT ON contact_search TO lubart_door;

CREATE TABLE contacts (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  owner_id uuid NOT NULL,
  department_id uuid NOT NULL,
  company_id uuid,
  stage text NOT NULL,
  legal_basis text NOT NULL,
  tags text[] NOT NULL DEFAULT '{}'::text[],
  next_step_on date,
  name_bucket smallint NOT NULL,
  version integer NOT NULL DEFAULT 1,
  created_at timestamp with time zone NOT NULL,
  updated_at timestamp with time zone NOT NULL,
  archived_at timestamp with time zone,
  record_key bytea NOT NULL,
  sealed bytea NOT NULL,
  expected_amount numeric(14,2),
  CONSTRAINT contacts_expected_amount_check CHECK ((expected_amount >= (0)::numeric)),
  CONSTRAINT contacts_version_check CHECK ((version > 0)),
  CONSTRAINT contacts_organization_id_company_id_fkey FOREIGN KEY (organization_id, company_id) REFERENCES companies(organization_id, id),
  CONSTRAINT contacts_organization_id_department_id_fkey FOREIGN KEY (organization_id, department_id) REFERENCES departments(organization_id, id),
  CONSTRAINT contacts_organization_id_owner_id_fkey FOREIGN KEY (organization_id, owner_id) REFERENCES people(organization_id, id),
  CONSTRAINT contacts_pkey PRIMARY KEY (organization_id, id)
);
CREATE INDEX contacts_company ON public.contacts USING btree (organization_id, company_id) WHERE (company_id IS NOT NULL);
CREATE INDEX contacts_department_created ON public.contacts USING btree (organization_id, department_id, id);
CREATE INDEX contacts_department_name ON public.contacts USING btree (organization_id, department_id, name_bucket);
CREATE INDEX contacts_department_updated ON public.contacts USING btree (organization_id, department_id, updated_at, id);
CREATE INDEX contacts_owner_created ON public.contacts USING btree (organization_id, owner_id, id);
CREATE INDEX contacts_owner_name ON public.contacts USING btree (organization_id, owner_id, name_bucket);
CREATE INDEX contacts_owner_updated ON public.contacts USING btree (organization_id, owner_id, updated_at, id);
ALTER TABLE contacts ENABLE ROW LEVEL SECURITY;
ALTER TABLE contacts FORCE ROW LEVEL SECURITY;
CREATE POLICY contacts_by_share ON contacts AS PERMISSIVE FOR SELECT TO lubart_app USING (((organization_id = ( SELECT lubart_organization() AS lubart_organization)) AND (id IN ( SELECT lubart_shared('contact'::text, false) AS lubart_shared))));
CREATE POLICY contacts_by_share_edit ON contacts AS PERMISSIVE FOR UPDATE TO lubart_app USING (((organization_id = ( SELECT lubart_organization() AS lubart_organization)) AND (id IN ( SELECT lubart_shared('contact'::text, true) AS lubart_shared)))) WITH CHECK (((organization_id = ( SELECT lubart_organization() AS lubart_organization)) AND (id IN ( SELECT lubart_shared('contact'::text, true) AS lubart_shared))));
CREATE POLICY contacts_door ON contacts AS PERMISSIVE FOR SELECT TO lubart_door USING (true);
CREATE POLICY contacts_in_scope ON contacts AS PERMISSIVE FOR ALL TO lubart_app USING (((organization_id = ( SELECT lubart_organization() AS lubart_organization)) AND ((owner_id = ( SELECT lubart_reached_person() AS lubart_reached_person)) OR (department_id = ANY (( SELECT lubart_reached_departments() AS lubart_reached_departments)::uuid[])) OR ( SELECT (lubart_scope() = 'all'::text)))));
CREATE POLICY contacts_shared_kept ON contacts AS RESTRICTIVE FOR UPDATE TO lubart_app USING (true) WITH CHECK ((( SELECT (current_setting('lubart.shares'::text, true) IS DISTINCT FROM 'contact.update'::text)) OR (NOT (id IN ( SELECT lubart_shared('contact'::text, true) AS lubart_shared))) OR lubart_holds('contact'::text, id, owner_id, department_id, (archived_at IS NOT NULL))));
GRANT DELETE, INSERT, SELECT, UPDATE ON contacts TO lubart_app;
CREATE TRIGGER asks_entry AFTER INSERT OR DELETE OR UPDATE OF organization_id, id, owner_id, department_id, company_id, stage, legal_basis, tags, next_step_on, version, created_at, updated_at, archived_at, record_key, sealed, expected_amount ON contacts FOR EACH ROW EXECUTE FUNCTION lubart_changed();

CREATE TABLE decoy_watches (
  organization_id uuid NOT NULL,
  position bigint NOT NULL,
  CONSTRAINT decoy_watches_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(organization_id),
  CONSTRAINT decoy_watches_pkey PRIMARY KEY (organization_id)
);
ALTER TABLE decoy_watches ENABLE ROW LEVEL SECURITY;
ALTER TABLE decoy_watches FORCE ROW LEVEL SECURITY;
CREATE POLICY decoy_watches_own ON decoy_watches AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT INSERT, SELECT, UPDATE ON decoy_watches TO lubart_app;

CREATE TABLE decoys (
  organization_id uuid NOT NULL,
  record_id uuid NOT NULL,
  kind text NOT NULL,
  planted_by uuid NOT NULL,
  planted_at timestamp with time zone NOT NULL,
  touches integer NOT NULL DEFAULT 0,
  touched_at timestamp with time zone,
  CONSTRAINT decoys_kind_check CHECK ((kind = ANY (ARRAY['contact'::text, 'company'::text]))),
  CONSTRAINT decoys_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(organization_id),
  CONSTRAINT decoys_organization_id_planted_by_fkey FOREIGN KEY (organization_id, planted_by) REFERENCES people(organization_id, id),
  CONSTRAINT decoys_pkey PRIMARY KEY (organization_id, record_id)
);
ALTER TABLE decoys ENABLE ROW LEVEL SECURITY;
ALTER TABLE decoys FORCE ROW LEVEL SECURITY;
CREATE POLICY decoys_own ON decoys AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT DELETE, INSERT, SELECT, UPDATE ON decoys TO lubart_app;
CREATE TRIGGER asks_entry AFTER INSERT OR DELETE OR UPDATE ON decoys FOR EACH ROW EXECUTE FUNCTION lubart_changed();

CREATE TABLE department_heads (
  organization_id uuid NOT NULL,
  department_id uuid NOT NULL,
  person_id uuid NOT NULL,
  named_by uuid NOT NULL,
  named_at timestamp with time zone NOT NULL,
  CONSTRAINT department_heads_organization_id_department_id_fkey FOREIGN KEY (organization_id, department_id) REFERENCES departments(organization_id, id) ON DELETE CASCADE,
  CONSTRAINT department_heads_organization_id_named_by_fkey FOREIGN KEY (organization_id, named_by) REFERENCES people(organization_id, id),
  CONSTRAINT department_heads_organization_id_person_id_fkey FOREIGN KEY (organization_id, person_id) REFERENCES people(organization_id, id),
  CONSTRAINT department_heads_pkey PRIMARY KEY (organization_id, department_id, person_id)
);
CREATE INDEX department_heads_person ON public.department_heads USING btree (organization_id, person_id);
ALTER TABLE department_heads ENABLE ROW LEVEL SECURITY;
ALTER TABLE department_heads FORCE ROW LEVEL SECURITY;
CREATE POLICY department_heads_own ON department_heads AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT DELETE, INSERT, SELECT ON department_heads TO lubart_app;
CREATE TRIGGER asks_entry AFTER INSERT OR DELETE OR UPDATE OF organization_id, department_id, person_id, named_by, named_at ON department_heads FOR EACH ROW EXECUTE FUNCTION lubart_changed();

CREATE TABLE departments (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  parent_id uuid,
  name text NOT NULL,
  created_at timestamp with time zone NOT NULL,
  version integer NOT NULL DEFAULT 1,
  CONSTRAINT departments_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
  CONSTRAINT departments_version_check CHECK ((version > 0)),
  CONSTRAINT departments_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(organization_id),
  CONSTRAINT departments_organization_id_parent_id_fkey FOREIGN KEY (organization_id, parent_id) REFERENCES departments(organization_id, id),
  CONSTRAINT departments_pkey PRIMARY KEY (organization_id, id)
);
CREATE UNIQUE INDEX departments_name ON public.departments USING btree (organization_id, parent_id, lower(name));
CREATE UNIQUE INDEX departments_root ON public.departments USING btree (organization_id) WHERE (parent_id IS NULL);
ALTER TABLE departments ENABLE ROW LEVEL SECURITY;
ALTER TABLE departments FORCE ROW LEVEL SECURITY;
CREATE POLICY departments_door ON departments AS PERMISSIVE FOR SELECT TO lubart_door USING (true);
CREATE POLICY departments_own ON departments AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT DELETE, INSERT, SELECT, UPDATE ON departments TO lubart_app;
CREATE TRIGGER asks_entry AFTER INSERT OR DELETE OR UPDATE OF organization_id, id, parent_id, name, created_at, version ON departments FOR EACH ROW EXECUTE FUNCTION lubart_changed();

CREATE TABLE deputies (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  head_id uuid NOT NULL,
  deputy_id uuid NOT NULL,
  from_at timestamp with time zone NOT NULL,
  until_at timestamp with time zone NOT NULL,
  named_by uuid NOT NULL,
  named_at timestamp with time zone NOT NULL,
  ended_at timestamp with time zone,
  CONSTRAINT deputies_check CHECK ((head_id <> deputy_id)),
  CONSTRAINT deputies_check1 CHECK ((until_at > from_at)),
  CONSTRAINT deputies_organization_id_deputy_id_fkey FOREIGN KEY (organization_id, deputy_id) REFERENCES people(organization_id, id),
  CONSTRAINT deputies_organization_id_head_id_fkey FOREIGN KEY (organization_id, head_id) REFERENCES people(organization_id, id),
  CONSTRAINT deputies_organization_id_named_by_fkey FOREIGN KEY (organization_id, named_by) REFERENCES people(organization_id, id),
  CONSTRAINT deputies_pkey PRIMARY KEY (organization_id, id)
);
CREATE INDEX deputies_deputy ON public.deputies USING btree (organization_id, deputy_id, until_at) WHERE (ended_at IS NULL);
CREATE INDEX deputies_head ON public.deputies USING btree (organization_id, head_id, until_at) WHERE (ended_at IS NULL);
ALTER TABLE deputies ENABLE ROW LEVEL SECURITY;
ALTER TABLE deputies FORCE ROW LEVEL SECURITY;
CREATE POLICY deputies_own ON deputies AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT INSERT, SELECT, UPDATE ON deputies TO lubart_app;
CREATE TRIGGER asks_entry AFTER INSERT OR DELETE OR UPDATE OF organization_id, id, head_id, deputy_id, from_at, until_at, named_by, named_at, ended_at ON deputies FOR EACH ROW EXECUTE FUNCTION lubart_changed();

CREATE TABLE device_requests (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  person_id uuid NOT NULL,
  secret_hash bytea NOT NULL,
  device text NOT NULL,
  address text NOT NULL,
  number smallint NOT NULL,
  asked_at timestamp with time zone NOT NULL,
  until timestamp with time zone NOT NULL,
  answered_at timestamp with time zone,
  answered_by uuid,
  approved boolean,
  used_at timestamp with time zone,
  CONSTRAINT device_requests_number_check CHECK (((number >= 10) AND (number <= 99))),
  CONSTRAINT device_requests_secret_hash_check CHECK ((octet_length(secret_hash) = 32)),
  CONSTRAINT device_requests_organization_id_answered_by_fkey FOREIGN KEY (organization_id, answered_by) REFERENCES people(organization_id, id),
  CONSTRAINT device_requests_organization_id_person_id_fkey FOREIGN KEY (organization_id, person_id) REFERENCES people(organization_id, id),
  CONSTRAINT device_requests_pkey PRIMARY KEY (organization_id, id)
);
CREATE INDEX device_requests_person ON public.device_requests USING btree (organization_id, person_id, asked_at);
ALTER TABLE device_requests ENABLE ROW LEVEL SECURITY;
ALTER TABLE device_requests FORCE ROW LEVEL SECURITY;
CREATE POLICY device_requests_own ON device_requests AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT DELETE, INSERT, SELECT, UPDATE ON device_requests TO lubart_app;
CREATE TRIGGER asks_entry AFTER INSERT OR DELETE OR UPDATE OF organization_id, id, person_id, secret_hash, device, address, number, asked_at, until, answered_at, answered_by, approved, used_at ON device_requests FOR EACH ROW EXECUTE FUNCTION lubart_changed();

CREATE TABLE devices (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  person_id uuid NOT NULL,
  secret_hash bytea NOT NULL,
  sealed bytea NOT NULL,
  address text NOT NULL,
  approved_by uuid,
  approved_at timestamp with time zone NOT NULL,
  last_used_at timestamp with time zone NOT NULL,
  revoked_at timestamp with time zone,
  expired_at timestamp with time zone,
  CONSTRAINT devices_secret_hash_check CHECK ((octet_length(secret_hash) = 32)),
  CONSTRAINT devices_organization_id_approved_by_fkey FOREIGN KEY (organization_id, approved_by) REFERENCES people(organization_id, id),
  CONSTRAINT devices_organization_id_person_id_fkey FOREIGN KEY (organization_id, person_id) REFERENCES people(organization_id, id),
  CONSTRAINT devices_pkey PRIMARY KEY (organization_id, id),
  CONSTRAINT devices_organization_id_person_id_secret_hash_key UNIQUE (organization_id, person_id, secret_hash)
);
CREATE INDEX devices_unused ON public.devices USING btree (organization_id, last_used_at) WHERE ((revoked_at IS NULL) AND (expired_at IS NULL));
ALTER TABLE devices ENABLE ROW LEVEL SECURITY;
ALTER TABLE devices FORCE ROW LEVEL SECURITY;
CREATE POLICY devices_own ON devices AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT INSERT, SELECT, UPDATE ON devices TO lubart_app;
CREATE TRIGGER asks_entry AFTER INSERT OR DELETE OR UPDATE OF organization_id, id, person_id, secret_hash, sealed, approved_by, approved_at, revoked_at, expired_at ON devices FOR EACH ROW EXECUTE FUNCTION lubart_changed();

CREATE TABLE elevations (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  person_id uuid NOT NULL,
  role_id uuid NOT NULL,
  hours integer NOT NULL,
  sealed bytea NOT NULL,
  asked_at timestamp with time zone NOT NULL,
  answered_by uuid,
  approved_at timestamp with time zone,
  until timestamp with time zone,
  refused_at timestamp with time zone,
  withdrawn_at timestamp with time zone,
  ended_at timestamp with time zone,
  ended_by uuid,
  CONSTRAINT elevations_check CHECK ((num_nonnulls(approved_at, refused_at, withdrawn_at) <= 1)),
  CONSTRAINT elevations_check1 CHECK (((answered_by IS NULL) = ((approved_at IS NULL) AND (refused_at IS NULL)))),
  CONSTRAINT elevations_check2 CHECK ((answered_by <> person_id)),
  CONSTRAINT elevations_check3 CHECK (((until IS NULL) = (approved_at IS NULL))),
  CONSTRAINT elevations_check4 CHECK ((until <= (approved_at + make_interval(hours => hours)))),
  CONSTRAINT elevations_check5 CHECK (((ended_at IS NULL) OR (approved_at IS NOT NULL))),
  CONSTRAINT elevations_hours_check CHECK (((hours >= 1) AND (hours <= 168))),
  CONSTRAINT elevations_organization_id_answered_by_fkey FOREIGN KEY (organization_id, answered_by) REFERENCES people(organization_id, id),
  CONSTRAINT elevations_organization_id_ended_by_fkey FOREIGN KEY (organization_id, ended_by) REFERENCES people(organization_id, id),
  CONSTRAINT elevations_organization_id_person_id_fkey FOREIGN KEY (organization_id, person_id) REFERENCES people(organization_id, id),
  CONSTRAINT elevations_organization_id_role_id_fkey FOREIGN KEY (organization_id, role_id) REFERENCES roles(organization_id, id) ON DELETE CASCADE,
  CONSTRAINT elevations_pkey PRIMARY KEY (organization_id, id)
);
CREATE INDEX elevations_active ON public.elevations USING btree (organization_id, until) WHERE ((approved_at IS NOT NULL) AND (ended_at IS NULL));
CREATE INDEX elevations_person ON public.elevations USING btree (organization_id, person_id, id);
CREATE UNIQUE INDEX elevations_waiting ON public.elevations USING btree (organization_id, person_id, role_id) WHERE ((approved_at IS NULL) AND (refused_at IS NULL) AND (withdrawn_at IS NULL));
ALTER TABLE elevations ENABLE ROW LEVEL SECURITY;
ALTER TABLE elevations FORCE ROW LEVEL SECURITY;
CREATE POLICY elevations_own ON elevations AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT INSERT, SELECT, UPDATE ON elevations TO lubart_app;
CREATE TRIGGER asks_entry AFTER INSERT OR DELETE OR UPDATE OF organization_id, id, person_id, role_id, hours, sealed, asked_at, answered_by, approved_at, until, refused_at, withdrawn_at, ended_at, ended_by ON elevations FOR EACH ROW EXECUTE FUNCTION lubart_changed();

CREATE TABLE emergency_acknowledgements (
  organization_id uuid NOT NULL,
  sheet_id uuid NOT NULL,
  person_id uuid NOT NULL,
  acknowledged_at timestamp with time zone NOT NULL,
  CONSTRAINT emergency_acknowledgements_organization_id_person_id_fkey FOREIGN KEY (organization_id, person_id) REFERENCES people(organization_id, id),
  CONSTRAINT emergency_acknowledgements_organization_id_sheet_id_fkey FOREIGN KEY (organization_id, sheet_id) REFERENCES emergency_sheets(organization_id, id),
  CONSTRAINT emergency_acknowledgements_pkey PRIMARY KEY (organization_id, sheet_id, person_id)
);
ALTER TABLE emergency_acknowledgements ENABLE ROW LEVEL SECURITY;
ALTER TABLE emergency_acknowledgements FORCE ROW LEVEL SECURITY;
CREATE POLICY emergency_acknowledgements_own ON emergency_acknowledgements AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT INSERT, SELECT ON emergency_acknowledgements TO lubart_app;
CREATE TRIGGER asks_entry AFTER INSERT OR DELETE OR UPDATE OF organization_id, sheet_id, person_id, acknowledged_at ON emergency_acknowledgements FOR EACH ROW EXECUTE FUNCTION lubart_changed();

CREATE TABLE emergency_sheets (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  person_id uuid NOT NULL,
  number text NOT NULL,
  secret_hash bytea NOT NULL,
  first_hash bytea NOT NULL,
  second_hash bytea NOT NULL,
  made_at timestamp with time zone NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  first_checked_at timestamp with time zone,
  second_checked_at timestamp with time zone,
  reminded_at timestamp with time zone,
  withdrawn_at timestamp with time zone,
  used_at timestamp with time zone,
  used_address text,
  used_device text,
  CONSTRAINT emergency_sheets_check CHECK ((expires_at > made_at)),
  CONSTRAINT emergency_sheets_check1 CHECK (((used_at IS NULL) OR (withdrawn_at IS NULL))),
  CONSTRAINT emergency_sheets_first_hash_check CHECK ((octet_length(first_hash) = 32)),
  CONSTRAINT emergency_sheets_number_check CHECK ((number ~ '^[0-9a-f]{6}$'::text)),
  CONSTRAINT emergency_sheets_second_hash_check CHECK ((octet_length(second_hash) = 32)),
  CONSTRAINT emergency_sheets_secret_hash_check CHECK ((octet_length(secret_hash) = 32)),
  CONSTRAINT emergency_sheets_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(organization_id),
  CONSTRAINT emergency_sheets_organization_id_person_id_fkey FOREIGN KEY (organization_id, person_id) REFERENCES people(organization_id, id),
  CONSTRAINT emergency_sheets_pkey PRIMARY KEY (organization_id, id)
);
CREATE UNIQUE INDEX emergency_sheets_secret ON public.emergency_sheets USING btree (organization_id, secret_hash);
CREATE UNIQUE INDEX emergency_sheets_standing ON public.emergency_sheets USING btree (organization_id) WHERE ((used_at IS NULL) AND (withdrawn_at IS NULL));
ALTER TABLE emergency_sheets ENABLE ROW LEVEL SECURITY;
ALTER TABLE emergency_sheets FORCE ROW LEVEL SECURITY;
CREATE POLICY emergency_sheets_door ON emergency_sheets AS PERMISSIVE FOR SELECT TO lubart_door USING (true);
CREATE POLICY emergency_sheets_own ON emergency_sheets AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT INSERT, SELECT, UPDATE ON emergency_sheets TO lubart_app;
GRANT SELECT ON emergency_sheets TO lubart_door;
CREATE TRIGGER asks_entry AFTER INSERT OR DELETE OR UPDATE OF organization_id, id, person_id, number, secret_hash, first_hash, second_hash, made_at, expires_at, first_checked_at, second_checked_at, withdrawn_at, used_at, used_address, used_device ON emergency_sheets FOR EACH ROW EXECUTE FUNCTION lubart_changed();

CREATE TABLE erasures (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  kind text NOT NULL,
  record_id uuid NOT NULL,
  reason text NOT NULL,
  person_id uuid,
  entry_id uuid NOT NULL,
  counts jsonb NOT NULL,
  erased_at timestamp with time zone NOT NULL,
  CONSTRAINT erasures_kind_check CHECK ((kind = ANY (ARRAY['contact'::text, 'company'::text]))),
  CONSTRAINT erasures_reason_check CHECK ((reason = ANY (ARRAY['asked'::text, 'consent_withdrawn'::text, 'purpose_over'::text, 'unlawful'::text, 'replayed'::text]))),
  CONSTRAINT erasures_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(organization_id),
  CONSTRAINT erasures_organization_id_person_id_fkey FOREIGN KEY (organization_id, person_id) REFERENCES people(organization_id, id),
  CONSTRAINT erasures_pkey PRIMARY KEY (organization_id, id)
);
CREATE INDEX erasures_of_record ON public.erasures USING btree (organization_id, record_id);
ALTER TABLE erasures ENABLE ROW LEVEL SECURITY;
ALTER TABLE erasures FORCE ROW LEVEL SECURITY;
CREATE POLICY erasures_own ON erasures AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT INSERT, SELECT ON erasures TO lubart_app;
CREATE TRIGGER asks_entry AFTER INSERT OR DELETE OR UPDATE ON erasures FOR EACH ROW EXECUTE FUNCTION lubart_changed();

CREATE TABLE export_chunks (
  organization_id uuid NOT NULL,
  export_id uuid NOT NULL,
  number integer NOT NULL,
  sealed bytea NOT NULL,
  CONSTRAINT export_chunks_organization_id_export_id_fkey FOREIGN KEY (organization_id, export_id) REFERENCES exports(organization_id, id) ON DELETE CASCADE,
  CONSTRAINT export_chunks_pkey PRIMARY KEY (organization_id, export_id, number)
);
ALTER TABLE export_chunks ENABLE ROW LEVEL SECURITY;
ALTER TABLE export_chunks FORCE ROW LEVEL SECURITY;
CREATE POLICY export_chunks_own ON export_chunks AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT DELETE, INSERT, SELECT ON export_chunks TO lubart_app;

CREATE TABLE export_rules (
  organization_id uuid NOT NULL,
  version integer NOT NULL,
  rules jsonb NOT NULL,
  changed_at timestamp with time zone NOT NULL,
  CONSTRAINT export_rules_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(organization_id),
  CONSTRAINT export_rules_pkey PRIMARY KEY (organization_id)
);
ALTER TABLE export_rules ENABLE ROW LEVEL SECURITY;
ALTER TABLE export_rules FORCE ROW LEVEL SECURITY;
CREATE POLICY export_rules_own ON export_rules AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT INSERT, SELECT, UPDATE ON export_rules TO lubart_app;
CREATE TRIGGER asks_entry AFTER INSERT OR DELETE OR UPDATE OF organization_id, version, rules, changed_at ON export_rules FOR EACH ROW EXECUTE FUNCTION lubart_changed();

CREATE TABLE exports (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  person_id uuid NOT NULL,
  kind text NOT NULL,
  format text NOT NULL,
  protection text NOT NULL,
  state text NOT NULL,
  rows_out integer NOT NULL DEFAULT 0,
  size_bytes bigint NOT NULL DEFAULT 0,
  created_at timestamp with time zone NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  fetched_at timestamp with time zone,
  record_key bytea,
  reason_sealed bytea,
  CONSTRAINT exports_check CHECK (((record_key IS NOT NULL) OR (state <> ALL (ARRAY['preparing'::text, 'ready'::text])))),
  CONSTRAINT exports_format_check CHECK ((format = ANY (ARRAY['xlsx'::text, 'csv'::text]))),
  CONSTRAINT exports_kind_check CHECK ((kind = ANY (ARRAY['contact'::text, 'company'::text]))),
  CONSTRAINT exports_protection_check CHECK ((protection = ANY (ARRAY['password'::text, 'age'::text, 'plain'::text]))),
  CONSTRAINT exports_state_check CHECK ((state = ANY (ARRAY['preparing'::text, 'ready'::text, 'fetched'::text, 'ended'::text, 'failed'::text]))),
  CONSTRAINT exports_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(organization_id),
  CONSTRAINT exports_organization_id_person_id_fkey FOREIGN KEY (organization_id, person_id) REFERENCES people(organization_id, id),
  CONSTRAINT exports_pkey PRIMARY KEY (organization_id, id)
);
CREATE INDEX exports_of_person ON public.exports USING btree (organization_id, person_id, created_at);
ALTER TABLE exports ENABLE ROW LEVEL SECURITY;
ALTER TABLE exports FORCE ROW LEVEL SECURITY;
CREATE POLICY exports_own ON exports AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT INSERT, SELECT, UPDATE ON exports TO lubart_app;
CREATE TRIGGER asks_entry AFTER INSERT OR DELETE OR UPDATE OF organization_id, id, person_id, kind, format, protection, state, rows_out, size_bytes, created_at, expires_at, fetched_at, record_key, reason_sealed ON exports FOR EACH ROW EXECUTE FUNCTION lubart_changed();

CREATE TABLE import_batches (
  organization_id uuid NOT NULL,
  import_id uuid NOT NULL,
  number integer NOT NULL,
  rows_read integer NOT NULL,
  rows_updated integer NOT NULL,
  rows_skipped integer NOT NULL,
  rows_rejected integer NOT NULL,
  last_line integer NOT NULL,
  last_byte bigint NOT NULL,
  progress real NOT NULL,
  created_ids uuid[] NOT NULL,
  created_company_ids uuid[] NOT NULL DEFAULT '{}'::uuid[],
  committed_at timestamp with time zone NOT NULL,
  reverted_at timestamp with time zone,
  CONSTRAINT import_batches_organization_id_import_id_fkey FOREIGN KEY (organization_id, import_id) REFERENCES imports(organization_id, id) ON DELETE CASCADE,
  CONSTRAINT import_batches_pkey PRIMARY KEY (organization_id, import_id, number)
);
ALTER TABLE import_batches ENABLE ROW LEVEL SECURITY;
ALTER TABLE import_batches FORCE ROW LEVEL SECURITY;
CREATE POLICY import_batches_own ON import_batches AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT INSERT, SELECT, UPDATE ON import_batches TO lubart_app;
CREATE TRIGGER asks_entry AFTER INSERT OR DELETE OR UPDATE OF organization_id, import_id, number, rows_read, rows_updated, rows_skipped, rows_rejected, last_line, last_byte, progress, created_ids, created_company_ids, committed_at, reverted_at ON import_batches FOR EACH ROW EXECUTE FUNCTION lubart_changed();

CREATE TABLE import_chunks (
  organization_id uuid NOT NULL,
  import_id uuid NOT NULL,
  number integer NOT NULL,
  sealed bytea NOT NULL,
  CONSTRAINT import_chunks_organization_id_import_id_fkey FOREIGN KEY (organization_id, import_id) REFERENCES imports(organization_id, id) ON DELETE CASCADE,
  CONSTRAINT import_chunks_pkey PRIMARY KEY (organization_id, import_id, number)
);
ALTER TABLE import_chunks ENABLE ROW LEVEL SECURITY;
ALTER TABLE import_chunks FORCE ROW LEVEL SECURITY;
CREATE POLICY import_chunks_own ON import_chunks AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT DELETE, INSERT, SELECT ON import_chunks TO lubart_app;

CREATE TABLE import_rejections (
  organization_id uuid NOT NULL,
  import_id uuid NOT NULL,
  line integer NOT NULL,
  sealed bytea NOT NULL,
  CONSTRAINT import_rejections_organization_id_import_id_fkey FOREIGN KEY (organization_id, import_id) REFERENCES imports(organization_id, id) ON DELETE CASCADE,
  CONSTRAINT import_rejections_pkey PRIMARY KEY (organization_id, import_id, line)
);
ALTER TABLE import_rejections ENABLE ROW LEVEL SECURITY;
ALTER TABLE import_rejections FORCE ROW LEVEL SECURITY;
CREATE POLICY import_rejections_own ON import_rejections AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT INSERT, SELECT ON import_rejections TO lubart_app;
CREATE TRIGGER asks_entry AFTER INSERT OR DELETE OR UPDATE OF organization_id, import_id, line, sealed ON import_rejections FOR EACH ROW EXECUTE FUNCTION lubart_changed();

CREATE TABLE import_updates (
  organization_id uuid NOT NULL,
  import_id uuid NOT NULL,
  batch_number integer NOT NULL,
  record_id uuid NOT NULL,
  version_after integer NOT NULL,
  before_sealed bytea NOT NULL,
  CONSTRAINT import_updates_organization_id_import_id_fkey FOREIGN KEY (organization_id, import_id) REFERENCES imports(organization_id, id) ON DELETE CASCADE,
  CONSTRAINT import_updates_pkey PRIMARY KEY (organization_id, import_id, record_id, version_after)
);
ALTER TABLE import_updates ENABLE ROW LEVEL SECURITY;
ALTER TABLE import_updates FORCE ROW LEVEL SECURITY;
CREATE POLICY import_updates_own ON import_updates AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT DELETE, INSERT, SELECT, UPDATE ON import_updates TO lubart_app;
CREATE TRIGGER asks_entry AFTER INSERT OR DELETE OR UPDATE OF organization_id, import_id, batch_number, record_id, version_after, before_sealed ON import_updates FOR EACH ROW EXECUTE FUNCTION lubart_changed();

CREATE TABLE imports (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  person_id uuid NOT NULL,
  kind text NOT NULL,
  state text NOT NULL,
  size_bytes bigint NOT NULL,
  created_at timestamp with time zone NOT NULL,
  started_at timestamp with time zone,
  finished_at timestamp with time zone,
  cancel_asked_at timestamp with time zone,
  failure text,
  reverted_rows integer NOT NULL DEFAULT 0,
  kept_rows integer NOT NULL DEFAULT 0,
  record_key bytea NOT NULL,
  sealed bytea NOT NULL,
  CONSTRAINT imports_kind_check CHECK ((kind = ANY (ARRAY['contacts'::text, 'companies'::text]))),
  CONSTRAINT imports_state_check CHECK ((state = ANY (ARRAY['uploading'::text, 'ready'::text, 'running'::text, 'finished'::text, 'cancelled'::text, 'failed'::text, 'reverting'::text, 'reverted'::text]))),
  CONSTRAINT imports_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(organization_id),
  CONSTRAINT imports_organization_id_person_id_fkey FOREIGN KEY (organization_id, person_id) REFERENCES people(organization_id, id),
  CONSTRAINT imports_pkey PRIMARY KEY (organization_id, id)
);
ALTER TABLE imports ENABLE ROW LEVEL SECURITY;
ALTER TABLE imports FORCE ROW LEVEL SECURITY;
CREATE POLICY imports_own ON imports AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT INSERT, SELECT, UPDATE ON imports TO lubart_app;
CREATE TRIGGER asks_entry AFTER INSERT OR DELETE OR UPDATE OF organization_id, id, person_id, kind, state, size_bytes, created_at, started_at, finished_at, cancel_asked_at, failure, reverted_rows, kept_rows, record_key, sealed ON imports FOR EACH ROW EXECUTE FUNCTION lubart_changed();

CREATE TABLE investigation_filters (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  investigation_id uuid NOT NULL,
  sealed bytea NOT NULL,
  saved_by uuid NOT NULL,
  saved_at timestamp with time zone NOT NULL,
  CONSTRAINT investigation_filters_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(organization_id),
  CONSTRAINT investigation_filters_organization_id_investigation_id_fkey FOREIGN KEY (organization_id, investigation_id) REFERENCES investigations(organization_id, id),
  CONSTRAINT investigation_filters_organization_id_saved_by_fkey FOREIGN KEY (organization_id, saved_by) REFERENCES people(organization_id, id),
  CONSTRAINT investigation_filters_pkey PRIMARY KEY (organization_id, id)
);
CREATE INDEX investigation_filters_of ON public.investigation_filters USING btree (organization_id, investigation_id);
ALTER TABLE investigation_filters ENABLE ROW LEVEL SECURITY;
ALTER TABLE investigation_filters FORCE ROW LEVEL SECURITY;
CREATE POLICY investigation_filters_own ON investigation_filters AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT DELETE, INSERT, SELECT ON investigation_filters TO lubart_app;
CREATE TRIGGER asks_entry AFTER INSERT OR DELETE OR UPDATE ON investigation_filters FOR EACH ROW EXECUTE FUNCTION lubart_changed();

CREATE TABLE investigation_marks (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  investigation_id uuid NOT NULL,
  entry_id uuid NOT NULL,
  part_of uuid,
  sealed bytea,
  marked_by uuid NOT NULL,
  marked_at timestamp with time zone NOT NULL,
  removed_at timestamp with time zone,
  CONSTRAINT investigation_marks_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(organization_id),
  CONSTRAINT investigation_marks_organization_id_investigation_id_fkey FOREIGN KEY (organization_id, investigation_id) REFERENCES investigations(organization_id, id),
  CONSTRAINT investigation_marks_organization_id_marked_by_fkey FOREIGN KEY (organization_id, marked_by) REFERENCES people(organization_id, id),
  CONSTRAINT investigation_marks_pkey PRIMARY KEY (organization_id, id),
  CONSTRAINT investigation_marks_organization_id_investigation_id_entry__key UNIQUE (organization_id, investigation_id, entry_id)
);
CREATE INDEX investigation_marks_entry ON public.investigation_marks USING btree (organization_id, entry_id);
ALTER TABLE investigation_marks ENABLE ROW LEVEL SECURITY;
ALTER TABLE investigation_marks FORCE ROW LEVEL SECURITY;
CREATE POLICY investigation_marks_door ON investigation_marks AS PERMISSIVE FOR SELECT TO lubart_door USING (true);
CREATE POLICY investigation_marks_own ON investigation_marks AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT INSERT, SELECT ON investigation_marks TO lubart_app;
CREATE TRIGGER asks_entry AFTER INSERT OR DELETE OR UPDATE ON investigation_marks FOR EACH ROW EXECUTE FUNCTION lubart_changed();

CREATE TABLE investigations (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  sealed bytea NOT NULL,
  opened_by uuid NOT NULL,
  opened_at timestamp with time zone NOT NULL,
  closed_by uuid,
  closed_at timestamp with time zone,
  CONSTRAINT investigations_check CHECK (((closed_by IS NULL) = (closed_at IS NULL))),
  CONSTRAINT investigations_organization_id_closed_by_fkey FOREIGN KEY (organization_id, closed_by) REFERENCES people(organization_id, id),
  CONSTRAINT investigations_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(organization_id),
  CONSTRAINT investigations_organization_id_opened_by_fkey FOREIGN KEY (organization_id, opened_by) REFERENCES people(organization_id, id),
  CONSTRAINT investigations_pkey PRIMARY KEY (organization_id, id)
);
ALTER TABLE investigations ENABLE ROW LEVEL SECURITY;
ALTER TABLE investigations FORCE ROW LEVEL SECURITY;
CREATE POLICY investigations_door ON investigations AS PERMISSIVE FOR SELECT TO lubart_door USING (true);
CREATE POLICY investigations_own ON investigations AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT INSERT, SELECT ON investigations TO lubart_app;
CREATE TRIGGER asks_entry AFTER INSERT OR DELETE OR UPDATE ON investigations FOR EACH ROW EXECUTE FUNCTION lubart_changed();

CREATE TABLE invitations (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  token_hash bytea NOT NULL,
  sealed bytea NOT NULL,
  department_id uuid NOT NULL,
  invited_by uuid NOT NULL,
  created_at timestamp with time zone NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  accepted_at timestamp with time zone,
  withdrawn_at timestamp with time zone,
  role_ids uuid[] NOT NULL,
  letter_id uuid,
  CONSTRAINT invitations_token_hash_check CHECK ((octet_length(token_hash) = 32)),
  CONSTRAINT invitations_organization_id_department_id_fkey FOREIGN KEY (organization_id, department_id) REFERENCES departments(organization_id, id),
  CONSTRAINT invitations_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(organization_id),
  CONSTRAINT invitations_organization_id_invited_by_fkey FOREIGN KEY (organization_id, invited_by) REFERENCES people(organization_id, id),
  CONSTRAINT invitations_pkey PRIMARY KEY (organization_id, id)
);
CREATE INDEX invitations_inviter ON public.invitations USING btree (organization_id, invited_by) WHERE ((accepted_at IS NULL) AND (withdrawn_at IS NULL));
CREATE UNIQUE INDEX invitations_token ON public.invitations USING btree (organization_id, token_hash);
ALTER TABLE invitations ENABLE ROW LEVEL SECURITY;
ALTER TABLE invitations FORCE ROW LEVEL SECURITY;
CREATE POLICY invitations_own ON invitations AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT DELETE, INSERT, SELECT, UPDATE ON invitations TO lubart_app;
CREATE TRIGGER asks_entry AFTER INSERT OR DELETE OR UPDATE OF organization_id, id, token_hash, sealed, department_id, invited_by, created_at, expires_at, accepted_at, withdrawn_at, role_ids, letter_id ON invitations FOR EACH ROW EXECUTE FUNCTION lubart_changed();

CREATE TABLE key_rotations (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  kind text NOT NULL,
  from_key text NOT NULL,
  to_key text NOT NULL,
  person_id uuid,
  started_at timestamp with time zone NOT NULL,
  paused_at timestamp with time zone,
  total bigint NOT NULL DEFAULT 0,
  done bigint NOT NULL DEFAULT 0,
  finished_at timestamp with time zone,
  remaining bigint,
  written_in xid8 NOT NULL DEFAULT pg_current_xact_id(),
  CONSTRAINT key_rotations_check CHECK (((finished_at IS NULL) OR (remaining = 0))),
  CONSTRAINT key_rotations_kind_check CHECK ((kind = ANY (ARRAY['root'::text, 'organization'::text, 'index'::text]))),
  CONSTRAINT key_rotations_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(organization_id),
  CONSTRAINT key_rotations_pkey PRIMARY KEY (organization_id, id)
);
CREATE UNIQUE INDEX key_rotations_running ON public.key_rotations USING btree (organization_id, kind) WHERE (finished_at IS NULL);
ALTER TABLE key_rotations ENABLE ROW LEVEL SECURITY;
ALTER TABLE key_rotations FORCE ROW LEVEL SECURITY;
CREATE POLICY key_rotations_own ON key_rotations AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT SELECT ON key_rotations TO lubart_app;
CREATE TRIGGER asks_entry AFTER INSERT OR DELETE OR UPDATE OF organization_id, id, kind, from_key, to_key, person_id, started_at, paused_at, finished_at, remaining ON key_rotations FOR EACH ROW EXECUTE FUNCTION lubart_changed();

CREATE TABLE leavings (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  person_id uuid NOT NULL,
  done_by uuid NOT NULL,
  at timestamp with time zone NOT NULL,
  numbers jsonb NOT NULL,
  sealed bytea NOT NULL,
  CONSTRAINT leavings_numbers_check CHECK ((jsonb_typeof(numbers) = 'object'::text)),
  CONSTRAINT leavings_organization_id_done_by_fkey FOREIGN KEY (organization_id, done_by) REFERENCES people(organization_id, id),
  CONSTRAINT leavings_organization_id_person_id_fkey FOREIGN KEY (organization_id, person_id) REFERENCES people(organization_id, id),
  CONSTRAINT leavings_pkey PRIMARY KEY (organization_id, id)
);
CREATE INDEX leavings_person ON public.leavings USING btree (organization_id, person_id, id);
ALTER TABLE leavings ENABLE ROW LEVEL SECURITY;
ALTER TABLE leavings FORCE ROW LEVEL SECURITY;
CREATE POLICY leavings_own ON leavings AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT INSERT, SELECT ON leavings TO lubart_app;
CREATE TRIGGER asks_entry AFTER INSERT OR DELETE OR UPDATE OF organization_id, id, person_id, done_by, at, numbers, sealed ON leavings FOR EACH ROW EXECUTE FUNCTION lubart_changed();

CREATE TABLE legal_holds (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  subject_kind text NOT NULL,
  subject_id uuid,
  sealed bytea NOT NULL,
  placed_by uuid NOT NULL,
  placed_at timestamp with time zone NOT NULL,
  lifted_by uuid,
  lifted_at timestamp with time zone,
  CONSTRAINT legal_holds_check CHECK (((subject_id IS NULL) = (subject_kind = 'all'::text))),
  CONSTRAINT legal_holds_check1 CHECK (((lifted_by IS NULL) = (lifted_at IS NULL))),
  CONSTRAINT legal_holds_subject_kind_check CHECK ((subject_kind = ANY (ARRAY['all'::text, 'person'::text, 'record'::text]))),
  CONSTRAINT legal_holds_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(organization_id),
  CONSTRAINT legal_holds_organization_id_lifted_by_fkey FOREIGN KEY (organization_id, lifted_by) REFERENCES people(organization_id, id),
  CONSTRAINT legal_holds_organization_id_placed_by_fkey FOREIGN KEY (organization_id, placed_by) REFERENCES people(organization_id, id),
  CONSTRAINT legal_holds_pkey PRIMARY KEY (organization_id, id)
);
ALTER TABLE legal_holds ENABLE ROW LEVEL SECURITY;
ALTER TABLE legal_holds FORCE ROW LEVEL SECURITY;
CREATE POLICY legal_holds_door ON legal_holds AS PERMISSIVE FOR SELECT TO lubart_door USING (true);
CREATE POLICY legal_holds_own ON legal_holds AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT INSERT, SELECT ON legal_holds TO lubart_app;
CREATE TRIGGER asks_entry AFTER INSERT OR DELETE OR UPDATE ON legal_holds FOR EACH ROW EXECUTE FUNCTION lubart_changed();

CREATE TABLE letters (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  sealed bytea NOT NULL,
  queued_at timestamp with time zone NOT NULL,
  good_until timestamp with time zone NOT NULL,
  next_try_at timestamp with time zone NOT NULL,
  tries integer NOT NULL DEFAULT 0,
  fault text,
  sent_at timestamp with time zone,
  given_up_at timestamp with time zone,
  written_in xid8 NOT NULL DEFAULT pg_current_xact_id(),
  CONSTRAINT letters_check CHECK (((sent_at IS NULL) OR (given_up_at IS NULL))),
  CONSTRAINT letters_check1 CHECK ((((sent_at IS NULL) AND (given_up_at IS NULL)) OR (octet_length(sealed) = 0))),
  CONSTRAINT letters_fault_check CHECK ((length(fault) <= 60)),
  CONSTRAINT letters_tries_check CHECK ((tries >= 0)),
  CONSTRAINT letters_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(organization_id),
  CONSTRAINT letters_pkey PRIMARY KEY (organization_id, id)
);
CREATE INDEX letters_due ON public.letters USING btree (organization_id, next_try_at) WHERE ((sent_at IS NULL) AND (given_up_at IS NULL));
ALTER TABLE letters ENABLE ROW LEVEL SECURITY;
ALTER TABLE letters FORCE ROW LEVEL SECURITY;
CREATE POLICY letters_own ON letters AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT DELETE, SELECT ON letters TO lubart_app;

CREATE TABLE links (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  person_id uuid NOT NULL,
  purpose text NOT NULL,
  act_id uuid NOT NULL,
  token_hash bytea NOT NULL,
  sealed bytea NOT NULL,
  letter_id uuid,
  made_by uuid,
  created_at timestamp with time zone NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  used_at timestamp with time zone,
  withdrawn_at timestamp with time zone,
  CONSTRAINT links_purpose_check CHECK ((purpose = ANY (ARRAY['password-reset'::text, 'email-confirm'::text, 'email-cancel'::text]))),
  CONSTRAINT links_token_hash_check CHECK ((octet_length(token_hash) = 32)),
  CONSTRAINT links_organization_id_made_by_fkey FOREIGN KEY (organization_id, made_by) REFERENCES people(organization_id, id),
  CONSTRAINT links_organization_id_person_id_fkey FOREIGN KEY (organization_id, person_id) REFERENCES people(organization_id, id),
  CONSTRAINT links_pkey PRIMARY KEY (organization_id, id)
);
CREATE INDEX links_person ON public.links USING btree (organization_id, person_id, purpose, created_at);
CREATE UNIQUE INDEX links_token ON public.links USING btree (organization_id, token_hash);
ALTER TABLE links ENABLE ROW LEVEL SECURITY;
ALTER TABLE links FORCE ROW LEVEL SECURITY;
CREATE POLICY links_own ON links AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT DELETE, INSERT, SELECT, UPDATE ON links TO lubart_app;
CREATE TRIGGER asks_entry AFTER INSERT OR DELETE OR UPDATE OF organization_id, id, person_id, purpose, act_id, token_hash, sealed, letter_id, made_by, created_at, expires_at, used_at, withdrawn_at ON links FOR EACH ROW EXECUTE FUNCTION lubart_changed();

CREATE TABLE name_orders (
  organization_id uuid NOT NULL,
  record_kind text NOT NULL,
  sealed bytea NOT NULL,
  made_at timestamp with time zone NOT NULL,
  CONSTRAINT name_orders_record_kind_check CHECK ((record_kind = ANY (ARRAY['contact'::text, 'company'::text]))),
  CONSTRAINT name_orders_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(organization_id),
  CONSTRAINT name_orders_pkey PRIMARY KEY (organization_id, record_kind)
);
ALTER TABLE name_orders ENABLE ROW LEVEL SECURITY;
ALTER TABLE name_orders FORCE ROW LEVEL SECURITY;
CREATE POLICY name_orders_own ON name_orders AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT INSERT, SELECT, UPDATE ON name_orders TO lubart_app;

CREATE TABLE organization_keys (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  purpose text NOT NULL,
  wrapped bytea NOT NULL,
  created_at timestamp with time zone NOT NULL,
  retired_at timestamp with time zone,
  mark integer NOT NULL,
  current_at timestamp with time zone,
  destroyed_at timestamp with time zone,
  CONSTRAINT organization_keys_destroyed_check CHECK (((destroyed_at IS NULL) OR ((retired_at IS NOT NULL) AND (wrapped = '\x'::bytea)))),
  CONSTRAINT organization_keys_mark_check CHECK ((mark > 0)),
  CONSTRAINT organization_keys_moments_check CHECK (((retired_at IS NULL) OR (current_at IS NOT NULL))),
  CONSTRAINT organization_keys_purpose_check CHECK ((purpose = ANY (ARRAY['sealing'::text, 'index'::text]))),
  CONSTRAINT organization_keys_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(organization_id),
  CONSTRAINT organization_keys_pkey PRIMARY KEY (organization_id, id)
);
CREATE UNIQUE INDEX organization_keys_announced ON public.organization_keys USING btree (organization_id, purpose) WHERE (current_at IS NULL);
CREATE UNIQUE INDEX organization_keys_current ON public.organization_keys USING btree (organization_id, purpose) WHERE ((current_at IS NOT NULL) AND (retired_at IS NULL));
CREATE UNIQUE INDEX organization_keys_marks ON public.organization_keys USING btree (organization_id, mark);
ALTER TABLE organization_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE organization_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY organization_keys_own ON organization_keys AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT INSERT, SELECT, UPDATE ON organization_keys TO lubart_app;
CREATE TRIGGER asks_entry AFTER INSERT OR DELETE OR UPDATE OF organization_id, id, purpose, wrapped, created_at, retired_at, mark, current_at, destroyed_at ON organization_keys FOR EACH ROW EXECUTE FUNCTION lubart_changed();

CREATE TABLE organizations (
  organization_id uuid NOT NULL,
  created_at timestamp with time zone NOT NULL,
  version integer NOT NULL DEFAULT 1,
  sealed bytea NOT NULL,
  CONSTRAINT organizations_version_check CHECK ((version > 0)),
  CONSTRAINT organizations_pkey PRIMARY KEY (organization_id)
);
ALTER TABLE organizations ENABLE ROW LEVEL SECURITY;
ALTER TABLE organizations FORCE ROW LEVEL SECURITY;
CREATE POLICY organizations_door ON organizations AS PERMISSIVE FOR SELECT TO lubart_door USING (true);
CREATE POLICY organizations_own ON organizations AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT INSERT, SELECT, UPDATE ON organizations TO lubart_app;
GRANT SELECT ON organizations TO lubart_door;
CREATE TRIGGER asks_entry AFTER INSERT OR DELETE OR UPDATE OF organization_id, created_at, version, sealed ON organizations FOR EACH ROW EXECUTE FUNCTION lubart_changed();

CREATE TABLE passkeys (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  person_id uuid NOT NULL,
  credential_hash bytea NOT NULL,
  credential_id bytea NOT NULL,
  public_key bytea NOT NULL,
  sign_counter bigint NOT NULL,
  transports text[] NOT NULL,
  device_bound boolean NOT NULL,
  backed_up boolean NOT NULL,
  aaguid uuid NOT NULL,
  sealed bytea NOT NULL,
  created_at timestamp with time zone NOT NULL,
  last_used_at timestamp with time zone,
  attestation text NOT NULL DEFAULT 'none'::text,
  vouched boolean NOT NULL DEFAULT false,
  attested_root bytea,
  host text NOT NULL DEFAULT ''::text,
  CONSTRAINT passkeys_attestation_check CHECK (((length(attestation) >= 1) AND (length(attestation) <= 40))),
  CONSTRAINT passkeys_attested_root_check CHECK ((octet_length(attested_root) = 32)),
  CONSTRAINT passkeys_credential_hash_check CHECK ((octet_length(credential_hash) = 32)),
  CONSTRAINT passkeys_credential_id_check CHECK (((octet_length(credential_id) >= 1) AND (octet_length(credential_id) <= 1023))),
  CONSTRAINT passkeys_host_check CHECK ((length(host) <= 253)),
  CONSTRAINT passkeys_sign_counter_check CHECK ((sign_counter >= 0)),
  CONSTRAINT passkeys_organization_id_person_id_fkey FOREIGN KEY (organization_id, person_id) REFERENCES people(organization_id, id),
  CONSTRAINT passkeys_pkey PRIMARY KEY (organization_id, id)
);
CREATE UNIQUE INDEX passkeys_credential ON public.passkeys USING btree (organization_id, credential_hash);
CREATE INDEX passkeys_person ON public.passkeys USING btree (organization_id, person_id);
ALTER TABLE passkeys ENABLE ROW LEVEL SECURITY;
ALTER TABLE passkeys FORCE ROW LEVEL SECURITY;
CREATE POLICY passkeys_own ON passkeys AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT DELETE, INSERT, SELECT, UPDATE ON passkeys TO lubart_app;
CREATE TRIGGER asks_entry AFTER INSERT OR DELETE OR UPDATE OF organization_id, id, person_id, credential_hash, credential_id, public_key, transports, device_bound, aaguid, sealed, created_at, attestation, vouched, attested_root, host ON passkeys FOR EACH ROW EXECUTE FUNCTION lubart_changed();

CREATE TABLE passwords (
  organization_id uuid NOT NULL,
  person_id uuid NOT NULL,
  hash text NOT NULL,
  changed_at timestamp with time zone NOT NULL,
  CONSTRAINT passwords_hash_check CHECK ((hash ~~ '$argon2id$%'::text)),
  CONSTRAINT passwords_organization_id_person_id_fkey FOREIGN KEY (organization_id, person_id) REFERENCES people(organization_id, id),
  CONSTRAINT passwords_pkey PRIMARY KEY (organization_id, person_id)
);
ALTER TABLE passwords ENABLE ROW LEVEL SECURITY;
ALTER TABLE passwords FORCE ROW LEVEL SECURITY;
CREATE POLICY passwords_own ON passwords AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT INSERT, SELECT, UPDATE ON passwords TO lubart_app;
CREATE TRIGGER asks_entry AFTER INSERT OR DELETE OR UPDATE OF organization_id, person_id, hash, changed_at ON passwords FOR EACH ROW EXECUTE FUNCTION lubart_changed();

CREATE TABLE people (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  department_id uuid NOT NULL,
  sign_in_token bytea NOT NULL,
  sealed bytea NOT NULL,
  language text NOT NULL DEFAULT 'uk'::text,
  version integer NOT NULL DEFAULT 1,
  created_at timestamp with time zone NOT NULL,
  deactivated_at timestamp with time zone,
  last_seen_at timestamp with time zone,
  CONSTRAINT people_language_check CHECK ((language = ANY (ARRAY['uk'::text, 'en'::text]))),
  CONSTRAINT people_version_check CHECK ((version > 0)),
  CONSTRAINT people_organization_id_department_id_fkey FOREIGN KEY (organization_id, department_id) REFERENCES departments(organization_id, id),
  CONSTRAINT people_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(organization_id),
  CONSTRAINT people_pkey PRIMARY KEY (organization_id, id)
);
CREATE UNIQUE INDEX people_sign_in ON public.people USING btree (organization_id, sign_in_token);
CREATE INDEX people_sign_in_anywhere ON public.people USING btree (sign_in_token);
ALTER TABLE people ENABLE ROW LEVEL SECURITY;
ALTER TABLE people FORCE ROW LEVEL SECURITY;
CREATE POLICY people_door ON people AS PERMISSIVE FOR SELECT TO lubart_door USING (true);
CREATE POLICY people_own ON people AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT INSERT, SELECT, UPDATE ON people TO lubart_app;
GRANT SELECT ON people TO lubart_door;
CREATE TRIGGER asks_entry AFTER INSERT OR DELETE OR UPDATE OF organization_id, id, department_id, sign_in_token, sealed, language, version, created_at, deactivated_at ON people FOR EACH ROW EXECUTE FUNCTION lubart_changed();

CREATE TABLE person_roles (
  organization_id uuid NOT NULL,
  person_id uuid NOT NULL,
  role_id uuid NOT NULL,
  given_by uuid,
  given_at timestamp with time zone NOT NULL,
  until timestamp with time zone,
  CONSTRAINT person_roles_organization_id_given_by_fkey FOREIGN KEY (organization_id, given_by) REFERENCES people(organization_id, id),
  CONSTRAINT person_roles_organization_id_person_id_fkey FOREIGN KEY (organization_id, person_id) REFERENCES people(organization_id, id),
  CONSTRAINT person_roles_organization_id_role_id_fkey FOREIGN KEY (organization_id, role_id) REFERENCES roles(organization_id, id),
  CONSTRAINT person_roles_pkey PRIMARY KEY (organization_id, person_id, role_id)
);
CREATE INDEX person_roles_role ON public.person_roles USING btree (organization_id, role_id);
ALTER TABLE person_roles ENABLE ROW LEVEL SECURITY;
ALTER TABLE person_roles FORCE ROW LEVEL SECURITY;
CREATE POLICY person_roles_own ON person_roles AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT DELETE, INSERT, SELECT, UPDATE ON person_roles TO lubart_app;
CREATE TRIGGER asks_entry AFTER INSERT OR DELETE OR UPDATE OF organization_id, person_id, role_id, given_by, given_at, until ON person_roles FOR EACH ROW EXECUTE FUNCTION lubart_changed();

CREATE TABLE recovery_approvals (
  organization_id uuid NOT NULL,
  request_id uuid NOT NULL,
  approver_id uuid NOT NULL,
  approved_at timestamp with time zone NOT NULL,
  CONSTRAINT recovery_approvals_organization_id_approver_id_fkey FOREIGN KEY (organization_id, approver_id) REFERENCES people(organization_id, id),
  CONSTRAINT recovery_approvals_organization_id_request_id_fkey FOREIGN KEY (organization_id, request_id) REFERENCES recovery_requests(organization_id, id) ON DELETE CASCADE,
  CONSTRAINT recovery_approvals_pkey PRIMARY KEY (organization_id, request_id, approver_id)
);
ALTER TABLE recovery_approvals ENABLE ROW LEVEL SECURITY;
ALTER TABLE recovery_approvals FORCE ROW LEVEL SECURITY;
CREATE POLICY recovery_approvals_own ON recovery_approvals AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT INSERT, SELECT ON recovery_approvals TO lubart_app;
CREATE TRIGGER asks_entry AFTER INSERT OR DELETE OR UPDATE OF organization_id, request_id, approver_id, approved_at ON recovery_approvals FOR EACH ROW EXECUTE FUNCTION lubart_changed();

CREATE TABLE recovery_codes (
  organization_id uuid NOT NULL,
  person_id uuid NOT NULL,
  code_hash bytea NOT NULL,
  used_at timestamp with time zone,
  CONSTRAINT recovery_codes_organization_id_person_id_fkey FOREIGN KEY (organization_id, person_id) REFERENCES people(organization_id, id),
  CONSTRAINT recovery_codes_pkey PRIMARY KEY (organization_id, person_id, code_hash)
);
ALTER TABLE recovery_codes ENABLE ROW LEVEL SECURITY;
ALTER TABLE recovery_codes FORCE ROW LEVEL SECURITY;
CREATE POLICY recovery_codes_own ON recovery_codes AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT DELETE, INSERT, SELECT, UPDATE ON recovery_codes TO lubart_app;
CREATE TRIGGER asks_entry AFTER INSERT OR DELETE OR UPDATE OF organization_id, person_id, code_hash, used_at ON recovery_codes FOR EACH ROW EXECUTE FUNCTION lubart_changed();

CREATE TABLE recovery_requests (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  person_id uuid NOT NULL,
  way text NOT NULL,
  token_hash bytea NOT NULL,
  cancel_hash bytea,
  password_changed_at timestamp with time zone NOT NULL,
  address text NOT NULL,
  device text NOT NULL,
  asked_at timestamp with time zone NOT NULL,
  ready_at timestamp with time zone NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  cancelled_at timestamp with time zone,
  finished_at timestamp with time zone,
  needed integer NOT NULL,
  asked_ids uuid[] NOT NULL,
  CONSTRAINT recovery_requests_cancel_hash_check CHECK ((octet_length(cancel_hash) = 32)),
  CONSTRAINT recovery_requests_check CHECK ((expires_at > ready_at)),
  CONSTRAINT recovery_requests_needed_check CHECK (((needed >= 0) AND (needed <= 5))),
  CONSTRAINT recovery_requests_token_hash_check CHECK ((octet_length(token_hash) = 32)),
  CONSTRAINT recovery_requests_way_check CHECK ((way = ANY (ARRAY['approval'::text, 'operator'::text]))),
  CONSTRAINT recovery_requests_organization_id_person_id_fkey FOREIGN KEY (organization_id, person_id) REFERENCES people(organization_id, id),
  CONSTRAINT recovery_requests_pkey PRIMARY KEY (organization_id, id)
);
CREATE UNIQUE INDEX recovery_requests_cancel ON public.recovery_requests USING btree (organization_id, cancel_hash);
CREATE UNIQUE INDEX recovery_requests_open ON public.recovery_requests USING btree (organization_id, person_id) WHERE ((finished_at IS NULL) AND (cancelled_at IS NULL));
CREATE UNIQUE INDEX recovery_requests_token ON public.recovery_requests USING btree (organization_id, token_hash);
ALTER TABLE recovery_requests ENABLE ROW LEVEL SECURITY;
ALTER TABLE recovery_requests FORCE ROW LEVEL SECURITY;
CREATE POLICY recovery_requests_own ON recovery_requests AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT INSERT, SELECT, UPDATE ON recovery_requests TO lubart_app;
CREATE TRIGGER asks_entry AFTER INSERT OR DELETE OR UPDATE OF organization_id, id, person_id, way, token_hash, cancel_hash, password_changed_at, address, device, asked_at, ready_at, expires_at, cancelled_at, finished_at, needed, asked_ids ON recovery_requests FOR EACH ROW EXECUTE FUNCTION lubart_changed();

CREATE TABLE retention_rules (
  organization_id uuid NOT NULL,
  level text NOT NULL,
  said_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  days integer,
  said_by uuid NOT NULL,
  CONSTRAINT retention_rules_days_check CHECK (((days >= 180) AND (days <= 36500))),
  CONSTRAINT retention_rules_level_check CHECK ((level = ANY (ARRAY['security'::text, 'data'::text, 'administration'::text, 'system'::text, 'plugin'::text]))),
  CONSTRAINT retention_rules_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(organization_id),
  CONSTRAINT retention_rules_organization_id_said_by_fkey FOREIGN KEY (organization_id, said_by) REFERENCES people(organization_id, id),
  CONSTRAINT retention_rules_pkey PRIMARY KEY (organization_id, level, said_at)
);
ALTER TABLE retention_rules ENABLE ROW LEVEL SECURITY;
ALTER TABLE retention_rules FORCE ROW LEVEL SECURITY;
CREATE POLICY retention_rules_door ON retention_rules AS PERMISSIVE FOR SELECT TO lubart_door USING (true);
CREATE POLICY retention_rules_own ON retention_rules AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT SELECT ON retention_rules TO lubart_app;
CREATE TRIGGER asks_entry AFTER INSERT OR DELETE OR UPDATE ON retention_rules FOR EACH ROW EXECUTE FUNCTION lubart_changed();

CREATE TABLE reveals (
  organization_id uuid NOT NULL,
  person_id uuid NOT NULL,
  moments timestamp with time zone[] NOT NULL,
  CONSTRAINT reveals_organization_id_person_id_fkey FOREIGN KEY (organization_id, person_id) REFERENCES people(organization_id, id),
  CONSTRAINT reveals_pkey PRIMARY KEY (organization_id, person_id)
);
ALTER TABLE reveals ENABLE ROW LEVEL SECURITY;
ALTER TABLE reveals FORCE ROW LEVEL SECURITY;
CREATE POLICY reveals_own ON reveals AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT INSERT, SELECT, UPDATE ON reveals TO lubart_app;
CREATE TRIGGER asks_entry AFTER INSERT OR DELETE OR UPDATE OF organization_id, person_id, moments ON reveals FOR EACH ROW EXECUTE FUNCTION lubart_changed();

CREATE TABLE review_campaigns (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  reason text NOT NULL,
  due_on date,
  person_id uuid,
  started_by uuid,
  started_at timestamp with time zone NOT NULL,
  deadline_at timestamp with time zone NOT NULL,
  escalate_at timestamp with time zone NOT NULL,
  escalate_to text NOT NULL,
  reminder_days integer[] NOT NULL,
  closing_at timestamp with time zone,
  closed_by uuid,
  closed_at timestamp with time zone,
  written_in xid8 NOT NULL DEFAULT pg_current_xact_id(),
  CONSTRAINT review_campaigns_check CHECK (((due_on IS NOT NULL) = (reason = 'calendar'::text))),
  CONSTRAINT review_campaigns_check1 CHECK (((person_id IS NOT NULL) = (reason = 'transfer'::text))),
  CONSTRAINT review_campaigns_check2 CHECK ((deadline_at > started_at)),
  CONSTRAINT review_campaigns_escalate_to_check CHECK ((escalate_to = ANY (ARRAY['head-above'::text, 'security'::text]))),
  CONSTRAINT review_campaigns_reason_check CHECK ((reason = ANY (ARRAY['calendar'::text, 'by-hand'::text, 'transfer'::text]))),
  CONSTRAINT review_campaigns_organization_id_closed_by_fkey FOREIGN KEY (organization_id, closed_by) REFERENCES people(organization_id, id),
  CONSTRAINT review_campaigns_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(organization_id),
  CONSTRAINT review_campaigns_organization_id_person_id_fkey FOREIGN KEY (organization_id, person_id) REFERENCES people(organization_id, id),
  CONSTRAINT review_campaigns_organization_id_started_by_fkey FOREIGN KEY (organization_id, started_by) REFERENCES people(organization_id, id),
  CONSTRAINT review_campaigns_pkey PRIMARY KEY (organization_id, id)
);
CREATE UNIQUE INDEX review_campaigns_due ON public.review_campaigns USING btree (organization_id, due_on);
CREATE INDEX review_campaigns_open ON public.review_campaigns USING btree (organization_id, deadline_at) WHERE (closed_at IS NULL);
ALTER TABLE review_campaigns ENABLE ROW LEVEL SECURITY;
ALTER TABLE review_campaigns FORCE ROW LEVEL SECURITY;
CREATE POLICY review_campaigns_kept ON review_campaigns AS RESTRICTIVE FOR DELETE TO lubart_app USING ((closed_at < (now() - '1 year'::interval)));
CREATE POLICY review_campaigns_own ON review_campaigns AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT DELETE, SELECT ON review_campaigns TO lubart_app;
CREATE TRIGGER asks_entry AFTER INSERT OR DELETE OR UPDATE OF organization_id, id, reason, due_on, person_id, started_by, started_at, deadline_at, escalate_at, escalate_to, reminder_days, closed_at ON review_campaigns FOR EACH ROW EXECUTE FUNCTION lubart_changed();

CREATE TABLE review_items (
  organization_id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  id uuid NOT NULL,
  person_id uuid NOT NULL,
  reviewer_id uuid,
  kind text NOT NULL,
  subject_id uuid NOT NULL,
  snapshot jsonb NOT NULL,
  escalated_at timestamp with time zone,
  escalated_to uuid,
  answer text,
  answered_by uuid,
  answered_at timestamp with time zone,
  note bytea,
  outcome text,
  refused text,
  settled_at timestamp with time zone,
  CONSTRAINT review_items_answer_check CHECK ((answer = ANY (ARRAY['confirm'::text, 'withdraw'::text]))),
  CONSTRAINT review_items_check CHECK (((refused IS NOT NULL) = (NOT (outcome IS DISTINCT FROM 'refused'::text)))),
  CONSTRAINT review_items_check1 CHECK (((settled_at IS NULL) = (outcome IS NULL))),
  CONSTRAINT review_items_kind_check CHECK ((kind = ANY (ARRAY['role'::text, 'temporary-role'::text, 'api-key'::text, 'share'::text, 'department-share'::text]))),
  CONSTRAINT review_items_outcome_check CHECK ((outcome = ANY (ARRAY['kept'::text, 'withdrawn'::text, 'refused'::text, 'gone'::text, 'moved'::text]))),
  CONSTRAINT review_items_snapshot_check CHECK ((jsonb_typeof(snapshot) = 'object'::text)),
  CONSTRAINT review_items_organization_id_answered_by_fkey FOREIGN KEY (organization_id, answered_by) REFERENCES people(organization_id, id),
  CONSTRAINT review_items_organization_id_campaign_id_fkey FOREIGN KEY (organization_id, campaign_id) REFERENCES review_campaigns(organization_id, id) ON DELETE CASCADE,
  CONSTRAINT review_items_organization_id_escalated_to_fkey FOREIGN KEY (organization_id, escalated_to) REFERENCES people(organization_id, id),
  CONSTRAINT review_items_organization_id_person_id_fkey FOREIGN KEY (organization_id, person_id) REFERENCES people(organization_id, id),
  CONSTRAINT review_items_organization_id_reviewer_id_fkey FOREIGN KEY (organization_id, reviewer_id) REFERENCES people(organization_id, id),
  CONSTRAINT review_items_pkey PRIMARY KEY (organization_id, id)
);
CREATE INDEX review_items_before ON public.review_items USING btree (organization_id, person_id, kind, subject_id, settled_at);
CREATE INDEX review_items_open ON public.review_items USING btree (organization_id, reviewer_id) WHERE (outcome IS NULL);
CREATE UNIQUE INDEX review_items_right ON public.review_items USING btree (organization_id, campaign_id, person_id, kind, subject_id);
ALTER TABLE review_items ENABLE ROW LEVEL SECURITY;
ALTER TABLE review_items FORCE ROW LEVEL SECURITY;
CREATE POLICY review_items_own ON review_items AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT INSERT, SELECT, UPDATE ON review_items TO lubart_app;
CREATE TRIGGER asks_entry AFTER INSERT OR DELETE OR UPDATE OF organization_id, campaign_id, id, person_id, reviewer_id, kind, subject_id, snapshot, escalated_at, escalated_to, answer, answered_by, answered_at, note, outcome, refused, settled_at ON review_items FOR EACH ROW EXECUTE FUNCTION lubart_changed();

CREATE TABLE review_keys (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  public_key bytea NOT NULL,
  sealed bytea NOT NULL,
  created_at timestamp with time zone NOT NULL,
  CONSTRAINT review_keys_public_key_check CHECK ((octet_length(public_key) = 32)),
  CONSTRAINT review_keys_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(organization_id),
  CONSTRAINT review_keys_pkey PRIMARY KEY (organization_id, id)
);
ALTER TABLE review_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE review_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY review_keys_own ON review_keys AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT INSERT, SELECT ON review_keys TO lubart_app;
CREATE TRIGGER asks_entry AFTER INSERT OR DELETE OR UPDATE OF organization_id, id, public_key, sealed, created_at ON review_keys FOR EACH ROW EXECUTE FUNCTION lubart_changed();

CREATE TABLE review_letters (
  organization_id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  person_id uuid NOT NULL,
  what text NOT NULL,
  sent_at timestamp with time zone NOT NULL,
  CONSTRAINT review_letters_organization_id_campaign_id_fkey FOREIGN KEY (organization_id, campaign_id) REFERENCES review_campaigns(organization_id, id) ON DELETE CASCADE,
  CONSTRAINT review_letters_organization_id_person_id_fkey FOREIGN KEY (organization_id, person_id) REFERENCES people(organization_id, id),
  CONSTRAINT review_letters_pkey PRIMARY KEY (organization_id, campaign_id, person_id, what)
);
ALTER TABLE review_letters ENABLE ROW LEVEL SECURITY;
ALTER TABLE review_letters FORCE ROW LEVEL SECURITY;
CREATE POLICY review_letters_own ON review_letters AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT INSERT, SELECT ON review_letters TO lubart_app;
CREATE TRIGGER asks_entry AFTER INSERT OR DELETE OR UPDATE OF organization_id, campaign_id, person_id, what, sent_at ON review_letters FOR EACH ROW EXECUTE FUNCTION lubart_changed();

CREATE TABLE review_results (
  organization_id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  key_id uuid NOT NULL,
  sealed bytea NOT NULL,
  signature bytea NOT NULL,
  signed_at timestamp with time zone NOT NULL,
  CONSTRAINT review_results_signature_check CHECK ((octet_length(signature) = 64)),
  CONSTRAINT review_results_organization_id_campaign_id_fkey FOREIGN KEY (organization_id, campaign_id) REFERENCES review_campaigns(organization_id, id) ON DELETE CASCADE,
  CONSTRAINT review_results_organization_id_key_id_fkey FOREIGN KEY (organization_id, key_id) REFERENCES review_keys(organization_id, id),
  CONSTRAINT review_results_pkey PRIMARY KEY (organization_id, campaign_id)
);
ALTER TABLE review_results ENABLE ROW LEVEL SECURITY;
ALTER TABLE review_results FORCE ROW LEVEL SECURITY;
CREATE POLICY review_results_own ON review_results AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT INSERT, SELECT ON review_results TO lubart_app;
CREATE TRIGGER asks_entry AFTER INSERT OR DELETE OR UPDATE OF organization_id, campaign_id, key_id, sealed, signature, signed_at ON review_results FOR EACH ROW EXECUTE FUNCTION lubart_changed();

CREATE TABLE review_rules (
  organization_id uuid NOT NULL,
  version integer NOT NULL,
  rules jsonb NOT NULL,
  calendar_from timestamp with time zone NOT NULL,
  CONSTRAINT review_rules_rules_check CHECK ((jsonb_typeof(rules) = 'object'::text)),
  CONSTRAINT review_rules_version_check CHECK ((version > 0)),
  CONSTRAINT review_rules_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(organization_id),
  CONSTRAINT review_rules_pkey PRIMARY KEY (organization_id)
);
ALTER TABLE review_rules ENABLE ROW LEVEL SECURITY;
ALTER TABLE review_rules FORCE ROW LEVEL SECURITY;
CREATE POLICY review_rules_own ON review_rules AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT INSERT, SELECT, UPDATE ON review_rules TO lubart_app;
CREATE TRIGGER asks_entry AFTER INSERT OR DELETE OR UPDATE OF organization_id, version, rules, calendar_from ON review_rules FOR EACH ROW EXECUTE FUNCTION lubart_changed();

CREATE TABLE roles (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  key text,
  name text,
  grants jsonb,
  field_rights jsonb,
  version integer NOT NULL DEFAULT 1,
  created_at timestamp with time zone NOT NULL,
  CONSTRAINT roles_check CHECK (((key IS NOT NULL) OR ((name IS NOT NULL) AND (grants IS NOT NULL)))),
  CONSTRAINT roles_field_rights_check CHECK ((jsonb_typeof(field_rights) = 'object'::text)),
  CONSTRAINT roles_grants_check CHECK ((jsonb_typeof(grants) = 'object'::text)),
  CONSTRAINT roles_key_check CHECK ((key = ANY (ARRAY['owner'::text, 'security-officer'::text, 'head'::text, 'manager'::text, 'support'::text, 'marketer'::text, 'accountant'::text, 'auditor'::text, 'baseline'::text]))),
  CONSTRAINT roles_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100))),
  CONSTRAINT roles_version_check CHECK ((version > 0)),
  CONSTRAINT roles_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(organization_id),
  CONSTRAINT roles_pkey PRIMARY KEY (organization_id, id)
);
CREATE UNIQUE INDEX roles_key ON public.roles USING btree (organization_id, key) WHERE (key IS NOT NULL);
ALTER TABLE roles ENABLE ROW LEVEL SECURITY;
ALTER TABLE roles FORCE ROW LEVEL SECURITY;
CREATE POLICY roles_own ON roles AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT DELETE, INSERT, SELECT, UPDATE ON roles TO lubart_app;
CREATE TRIGGER asks_entry AFTER INSERT OR DELETE OR UPDATE OF organization_id, id, key, name, grants, field_rights, version, created_at ON roles FOR EACH ROW EXECUTE FUNCTION lubart_changed();

CREATE TABLE sessions (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  person_id uuid NOT NULL,
  token_hash bytea NOT NULL,
  address text NOT NULL,
  device text NOT NULL,
  created_at timestamp with time zone NOT NULL,
  last_seen_at timestamp with time zone NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  ended_at timestamp with time zone,
  way text NOT NULL,
  factors text[] NOT NULL,
  proved_at timestamp with time zone,
  last_address text,
  device_id uuid,
  passkey_id uuid,
  CONSTRAINT sessions_token_hash_check CHECK ((octet_length(token_hash) = 32)),
  CONSTRAINT sessions_way_check CHECK ((way = ANY (ARRAY['password'::text, 'passkey'::text, 'sso'::text, 'invitation'::text, 'setup'::text, 'link'::text, 'recovery'::text, 'break-glass'::text]))),
  CONSTRAINT sessions_organization_id_device_id_fkey FOREIGN KEY (organization_id, device_id) REFERENCES devices(organization_id, id),
  CONSTRAINT sessions_organization_id_person_id_fkey FOREIGN KEY (organization_id, person_id) REFERENCES people(organization_id, id),
  CONSTRAINT sessions_pkey PRIMARY KEY (organization_id, id)
);
CREATE INDEX sessions_device ON public.sessions USING btree (organization_id, device_id) WHERE (device_id IS NOT NULL);
CREATE INDEX sessions_person ON public.sessions USING btree (organization_id, person_id) WHERE (ended_at IS NULL);
CREATE UNIQUE INDEX sessions_token ON public.sessions USING btree (organization_id, token_hash);
ALTER TABLE sessions ENABLE ROW LEVEL SECURITY;
ALTER TABLE sessions FORCE ROW LEVEL SECURITY;
CREATE POLICY sessions_own ON sessions AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT DELETE, INSERT, SELECT, UPDATE ON sessions TO lubart_app;
CREATE TRIGGER asks_entry AFTER INSERT OR DELETE OR UPDATE OF organization_id, id, person_id, token_hash, address, device, created_at, expires_at, ended_at, way, factors, proved_at, device_id, passkey_id ON sessions FOR EACH ROW EXECUTE FUNCTION lubart_changed();

CREATE TABLE shares (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  contact_id uuid,
  company_id uuid,
  person_id uuid,
  department_id uuid,
  may_edit boolean NOT NULL,
  shared_by uuid NOT NULL,
  created_at timestamp with time zone NOT NULL,
  until timestamp with time zone NOT NULL,
  ended_at timestamp with time zone,
  ended_why text,
  sealed bytea,
  CONSTRAINT shares_check CHECK ((num_nonnulls(contact_id, company_id) = 1)),
  CONSTRAINT shares_check1 CHECK ((num_nonnulls(person_id, department_id) = 1)),
  CONSTRAINT shares_check2 CHECK (((ended_at IS NULL) = (ended_why IS NULL))),
  CONSTRAINT shares_check3 CHECK (((until > created_at) AND (until <= (created_at + '366 days'::interval)))),
  CONSTRAINT shares_ended_why_check CHECK ((ended_why = ANY (ARRAY['withdrawn'::text, 'replaced'::text, 'expired'::text, 'left'::text]))),
  CONSTRAINT shares_organization_id_company_id_fkey FOREIGN KEY (organization_id, company_id) REFERENCES companies(organization_id, id) ON DELETE CASCADE,
  CONSTRAINT shares_organization_id_contact_id_fkey FOREIGN KEY (organization_id, contact_id) REFERENCES contacts(organization_id, id) ON DELETE CASCADE,
  CONSTRAINT shares_organization_id_department_id_fkey FOREIGN KEY (organization_id, department_id) REFERENCES departments(organization_id, id) ON DELETE CASCADE,
  CONSTRAINT shares_organization_id_person_id_fkey FOREIGN KEY (organization_id, person_id) REFERENCES people(organization_id, id),
  CONSTRAINT shares_organization_id_shared_by_fkey FOREIGN KEY (organization_id, shared_by) REFERENCES people(organization_id, id),
  CONSTRAINT shares_pkey PRIMARY KEY (organization_id, id)
);
CREATE INDEX shares_company ON public.shares USING btree (organization_id, company_id) WHERE (company_id IS NOT NULL);
CREATE INDEX shares_contact ON public.shares USING btree (organization_id, contact_id) WHERE (contact_id IS NOT NULL);
CREATE INDEX shares_department ON public.shares USING btree (organization_id, department_id) WHERE ((department_id IS NOT NULL) AND (ended_at IS NULL));
CREATE INDEX shares_open ON public.shares USING btree (organization_id, until) WHERE (ended_at IS NULL);
CREATE INDEX shares_person ON public.shares USING btree (organization_id, person_id) WHERE ((person_id IS NOT NULL) AND (ended_at IS NULL));
ALTER TABLE shares ENABLE ROW LEVEL SECURITY;
ALTER TABLE shares FORCE ROW LEVEL SECURITY;
CREATE POLICY shares_door ON shares AS PERMISSIVE FOR SELECT TO lubart_door USING (true);
CREATE POLICY shares_own ON shares AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT INSERT, SELECT, UPDATE ON shares TO lubart_app;
CREATE TRIGGER asks_entry AFTER INSERT OR DELETE OR UPDATE OF organization_id, id, contact_id, company_id, person_id, department_id, may_edit, shared_by, created_at, until, ended_at, ended_why, sealed ON shares FOR EACH ROW EXECUTE FUNCTION lubart_changed();

CREATE TABLE sign_in_failures (
  organization_id uuid NOT NULL,
  person_id uuid NOT NULL,
  count integer NOT NULL,
  window_started_at timestamp with time zone NOT NULL,
  known boolean NOT NULL DEFAULT false,
  last_try_at timestamp with time zone,
  try_before_at timestamp with time zone,
  CONSTRAINT sign_in_failures_organization_id_person_id_fkey FOREIGN KEY (organization_id, person_id) REFERENCES people(organization_id, id),
  CONSTRAINT sign_in_failures_pkey PRIMARY KEY (organization_id, person_id, known)
);
ALTER TABLE sign_in_failures ENABLE ROW LEVEL SECURITY;
ALTER TABLE sign_in_failures FORCE ROW LEVEL SECURITY;
CREATE POLICY sign_in_failures_own ON sign_in_failures AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT DELETE, INSERT, SELECT, UPDATE ON sign_in_failures TO lubart_app;

CREATE TABLE sign_in_rules (
  organization_id uuid NOT NULL,
  version integer NOT NULL,
  sections jsonb NOT NULL,
  changed_at timestamp with time zone NOT NULL,
  CONSTRAINT sign_in_rules_sections_check CHECK ((jsonb_typeof(sections) = 'object'::text)),
  CONSTRAINT sign_in_rules_version_check CHECK ((version > 0)),
  CONSTRAINT sign_in_rules_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(organization_id),
  CONSTRAINT sign_in_rules_pkey PRIMARY KEY (organization_id)
);
ALTER TABLE sign_in_rules ENABLE ROW LEVEL SECURITY;
ALTER TABLE sign_in_rules FORCE ROW LEVEL SECURITY;
CREATE POLICY sign_in_rules_own ON sign_in_rules AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT INSERT, SELECT, UPDATE ON sign_in_rules TO lubart_app;
CREATE TRIGGER asks_entry AFTER INSERT OR DELETE OR UPDATE OF organization_id, version, sections, changed_at ON sign_in_rules FOR EACH ROW EXECUTE FUNCTION lubart_changed();

CREATE TABLE sms_codes (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  person_id uuid NOT NULL,
  purpose text NOT NULL,
  bound_hash bytea NOT NULL,
  code_hash bytea NOT NULL,
  tries integer NOT NULL DEFAULT 0,
  sent_at timestamp with time zone NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  used_at timestamp with time zone,
  CONSTRAINT sms_codes_bound_hash_check CHECK ((octet_length(bound_hash) = 32)),
  CONSTRAINT sms_codes_code_hash_check CHECK ((octet_length(code_hash) = 32)),
  CONSTRAINT sms_codes_purpose_check CHECK ((purpose = ANY (ARRAY['enrol'::text, 'sign-in'::text, 'step-up'::text]))),
  CONSTRAINT sms_codes_tries_check CHECK ((tries >= 0)),
  CONSTRAINT sms_codes_organization_id_person_id_fkey FOREIGN KEY (organization_id, person_id) REFERENCES people(organization_id, id),
  CONSTRAINT sms_codes_pkey PRIMARY KEY (organization_id, id)
);
CREATE INDEX sms_codes_newest ON public.sms_codes USING btree (organization_id, person_id, purpose, sent_at DESC);
ALTER TABLE sms_codes ENABLE ROW LEVEL SECURITY;
ALTER TABLE sms_codes FORCE ROW LEVEL SECURITY;
CREATE POLICY sms_codes_own ON sms_codes AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT DELETE, INSERT, SELECT, UPDATE ON sms_codes TO lubart_app;

CREATE TABLE sms_counts (
  organization_id uuid NOT NULL,
  kind text NOT NULL,
  mark bytea NOT NULL,
  count integer NOT NULL,
  started_at timestamp with time zone NOT NULL,
  last_at timestamp with time zone NOT NULL,
  CONSTRAINT sms_counts_count_check CHECK ((count > 0)),
  CONSTRAINT sms_counts_kind_check CHECK ((kind = ANY (ARRAY['number'::text, 'person'::text, 'prefix'::text, 'organization'::text]))),
  CONSTRAINT sms_counts_mark_check CHECK ((octet_length(mark) = 32)),
  CONSTRAINT sms_counts_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(organization_id),
  CONSTRAINT sms_counts_pkey PRIMARY KEY (organization_id, kind, mark)
);
ALTER TABLE sms_counts ENABLE ROW LEVEL SECURITY;
ALTER TABLE sms_counts FORCE ROW LEVEL SECURITY;
CREATE POLICY sms_counts_own ON sms_counts AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT DELETE, INSERT, SELECT, UPDATE ON sms_counts TO lubart_app;

CREATE TABLE sms_numbers (
  organization_id uuid NOT NULL,
  person_id uuid NOT NULL,
  sealed bytea NOT NULL,
  created_at timestamp with time zone NOT NULL,
  last_used_at timestamp with time zone,
  CONSTRAINT sms_numbers_organization_id_person_id_fkey FOREIGN KEY (organization_id, person_id) REFERENCES people(organization_id, id),
  CONSTRAINT sms_numbers_pkey PRIMARY KEY (organization_id, person_id)
);
ALTER TABLE sms_numbers ENABLE ROW LEVEL SECURITY;
ALTER TABLE sms_numbers FORCE ROW LEVEL SECURITY;
CREATE POLICY sms_numbers_own ON sms_numbers AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT DELETE, INSERT, SELECT, UPDATE ON sms_numbers TO lubart_app;
CREATE TRIGGER asks_entry AFTER INSERT OR DELETE OR UPDATE OF organization_id, person_id, sealed, created_at ON sms_numbers FOR EACH ROW EXECUTE FUNCTION lubart_changed();

CREATE TABLE spent_challenges (
  organization_id uuid NOT NULL,
  challenge_hash bytea NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  CONSTRAINT spent_challenges_challenge_hash_check CHECK ((octet_length(challenge_hash) = 32)),
  CONSTRAINT spent_challenges_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(organization_id),
  CONSTRAINT spent_challenges_pkey PRIMARY KEY (organization_id, challenge_hash)
);
ALTER TABLE spent_challenges ENABLE ROW LEVEL SECURITY;
ALTER TABLE spent_challenges FORCE ROW LEVEL SECURITY;
CREATE POLICY spent_challenges_own ON spent_challenges AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT DELETE, INSERT, SELECT ON spent_challenges TO lubart_app;

CREATE TABLE sso_answers (
  organization_id uuid NOT NULL,
  nonce_hash bytea NOT NULL,
  used_at timestamp with time zone NOT NULL,
  CONSTRAINT sso_answers_nonce_hash_check CHECK ((octet_length(nonce_hash) = 32)),
  CONSTRAINT sso_answers_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(organization_id),
  CONSTRAINT sso_answers_pkey PRIMARY KEY (organization_id, nonce_hash)
);
ALTER TABLE sso_answers ENABLE ROW LEVEL SECURITY;
ALTER TABLE sso_answers FORCE ROW LEVEL SECURITY;
CREATE POLICY sso_answers_own ON sso_answers AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT DELETE, INSERT, SELECT ON sso_answers TO lubart_app;

CREATE TABLE sso_group_roles (
  organization_id uuid NOT NULL,
  provider_id uuid NOT NULL,
  group_name text NOT NULL,
  role_id uuid NOT NULL,
  set_by uuid NOT NULL,
  set_at timestamp with time zone NOT NULL,
  CONSTRAINT sso_group_roles_group_name_check CHECK (((length(group_name) >= 1) AND (length(group_name) <= 200))),
  CONSTRAINT sso_group_roles_organization_id_provider_id_fkey FOREIGN KEY (organization_id, provider_id) REFERENCES sso_providers(organization_id, id) ON DELETE CASCADE,
  CONSTRAINT sso_group_roles_organization_id_role_id_fkey FOREIGN KEY (organization_id, role_id) REFERENCES roles(organization_id, id) ON DELETE CASCADE,
  CONSTRAINT sso_group_roles_organization_id_set_by_fkey FOREIGN KEY (organization_id, set_by) REFERENCES people(organization_id, id),
  CONSTRAINT sso_group_roles_pkey PRIMARY KEY (organization_id, provider_id, group_name, role_id)
);
CREATE INDEX sso_group_roles_role ON public.sso_group_roles USING btree (organization_id, role_id);
ALTER TABLE sso_group_roles ENABLE ROW LEVEL SECURITY;
ALTER TABLE sso_group_roles FORCE ROW LEVEL SECURITY;
CREATE POLICY sso_group_roles_own ON sso_group_roles AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT DELETE, INSERT, SELECT ON sso_group_roles TO lubart_app;
CREATE TRIGGER asks_entry AFTER INSERT OR DELETE OR UPDATE OF organization_id, provider_id, group_name, role_id, set_by, set_at ON sso_group_roles FOR EACH ROW EXECUTE FUNCTION lubart_changed();

CREATE TABLE sso_identities (
  organization_id uuid NOT NULL,
  provider_id uuid NOT NULL,
  subject_hash bytea NOT NULL,
  person_id uuid NOT NULL,
  linked_at timestamp with time zone NOT NULL,
  last_used_at timestamp with time zone NOT NULL,
  CONSTRAINT sso_identities_subject_hash_check CHECK ((octet_length(subject_hash) = 32)),
  CONSTRAINT sso_identities_organization_id_person_id_fkey FOREIGN KEY (organization_id, person_id) REFERENCES people(organization_id, id),
  CONSTRAINT sso_identities_organization_id_provider_id_fkey FOREIGN KEY (organization_id, provider_id) REFERENCES sso_providers(organization_id, id) ON DELETE CASCADE,
  CONSTRAINT sso_identities_pkey PRIMARY KEY (organization_id, provider_id, subject_hash)
);
CREATE UNIQUE INDEX sso_identities_person ON public.sso_identities USING btree (organization_id, provider_id, person_id);
ALTER TABLE sso_identities ENABLE ROW LEVEL SECURITY;
ALTER TABLE sso_identities FORCE ROW LEVEL SECURITY;
CREATE POLICY sso_identities_own ON sso_identities AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT DELETE, INSERT, SELECT, UPDATE ON sso_identities TO lubart_app;
CREATE TRIGGER asks_entry AFTER INSERT OR DELETE OR UPDATE OF organization_id, provider_id, subject_hash, person_id, linked_at ON sso_identities FOR EACH ROW EXECUTE FUNCTION lubart_changed();

CREATE TABLE sso_providers (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  name text NOT NULL,
  issuer text NOT NULL,
  client_id text NOT NULL,
  sealed bytea NOT NULL,
  domains text[] NOT NULL,
  email_trusted boolean NOT NULL,
  mfa_acr text[] NOT NULL,
  created_at timestamp with time zone NOT NULL,
  enabled_at timestamp with time zone,
  local_closed_at timestamp with time zone,
  version integer NOT NULL DEFAULT 1,
  groups_claim text NOT NULL DEFAULT 'groups'::text,
  joins_since timestamp with time zone,
  joins_by uuid,
  join_department_id uuid,
  join_role_ids uuid[] NOT NULL DEFAULT '{}'::uuid[],
  CONSTRAINT sso_providers_check CHECK (((joins_since IS NULL) = (joins_by IS NULL))),
  CONSTRAINT sso_providers_check1 CHECK (((joins_since IS NULL) = (join_department_id IS NULL))),
  CONSTRAINT sso_providers_check2 CHECK (((joins_since IS NULL) = (cardinality(join_role_ids) = 0))),
  CONSTRAINT sso_providers_client_id_check CHECK ((length(client_id) <= 500)),
  CONSTRAINT sso_providers_domains_check CHECK (((cardinality(domains) >= 1) AND (cardinality(domains) <= 50))),
  CONSTRAINT sso_providers_groups_claim_check CHECK (((length(groups_claim) >= 1) AND (length(groups_claim) <= 100))),
  CONSTRAINT sso_providers_issuer_check CHECK ((length(issuer) <= 500)),
  CONSTRAINT sso_providers_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
  CONSTRAINT sso_providers_version_check CHECK ((version > 0)),
  CONSTRAINT sso_providers_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(organization_id),
  CONSTRAINT sso_providers_organization_id_join_department_id_fkey FOREIGN KEY (organization_id, join_department_id) REFERENCES departments(organization_id, id),
  CONSTRAINT sso_providers_organization_id_joins_by_fkey FOREIGN KEY (organization_id, joins_by) REFERENCES people(organization_id, id),
  CONSTRAINT sso_providers_pkey PRIMARY KEY (organization_id, id)
);
ALTER TABLE sso_providers ENABLE ROW LEVEL SECURITY;
ALTER TABLE sso_providers FORCE ROW LEVEL SECURITY;
CREATE POLICY sso_providers_own ON sso_providers AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT DELETE, INSERT, SELECT, UPDATE ON sso_providers TO lubart_app;
CREATE TRIGGER asks_entry AFTER INSERT OR DELETE OR UPDATE OF organization_id, id, name, issuer, client_id, sealed, domains, email_trusted, mfa_acr, created_at, enabled_at, local_closed_at, version, groups_claim, joins_since, joins_by, join_department_id, join_role_ids ON sso_providers FOR EACH ROW EXECUTE FUNCTION lubart_changed();

CREATE TABLE witnessed_logs (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  origin text NOT NULL,
  key text NOT NULL,
  added_at timestamp with time zone NOT NULL,
  removed_at timestamp with time zone,
  size bigint NOT NULL DEFAULT 0,
  root bytea,
  cosigned_at timestamp with time zone,
  CONSTRAINT witnessed_logs_root_check CHECK ((octet_length(root) = 32)),
  CONSTRAINT witnessed_logs_size_check CHECK ((size >= 0)),
  CONSTRAINT witnessed_logs_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(organization_id),
  CONSTRAINT witnessed_logs_pkey PRIMARY KEY (organization_id, id),
  CONSTRAINT witnessed_logs_organization_id_origin_key UNIQUE (organization_id, origin)
);
ALTER TABLE witnessed_logs ENABLE ROW LEVEL SECURITY;
ALTER TABLE witnessed_logs FORCE ROW LEVEL SECURITY;
CREATE POLICY witnessed_logs_own ON witnessed_logs AS PERMISSIVE FOR ALL TO lubart_app USING ((organization_id = ( SELECT lubart_organization() AS lubart_organization))) WITH CHECK ((organization_id = ( SELECT lubart_organization() AS lubart_organization)));
GRANT INSERT, SELECT ON witnessed_logs TO lubart_app;
CREATE TRIGGER asks_entry AFTER INSERT OR DELETE OR UPDATE OF organization_id, id, origin, key, added_at, removed_at ON witnessed_logs FOR EACH ROW EXECUTE FUNCTION lubart_changed();

CREATE DOMAIN audit_level AS text CONSTRAINT audit_level_check CHECK ((VALUE = ANY (ARRAY['security'::text, 'data'::text, 'administration'::text, 'system'::text, 'plugin'::text])));

CREATE DOMAIN audit_outcome AS text CONSTRAINT audit_outcome_check CHECK ((VALUE = ANY (ARRAY['done'::text, 'refused'::text])));

CREATE OR REPLACE FUNCTION public.lubart_changed()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
DECLARE
  said text;
BEGIN
  said := set_config('lubart.changed', TG_TABLE_NAME, true);
  RETURN NULL;
END $function$;
-- callable by everybody

CREATE OR REPLACE FUNCTION public.lubart_count_clients()
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
AS $function$
BEGIN
  ANALYZE public.contacts, public.contact_search, public.companies, public.company_search;
END $function$;
-- callable by lubart_app

CREATE OR REPLACE FUNCTION public.lubart_days_kept(asked text)
 RETURNS integer
 LANGUAGE sql
 STABLE
AS $function$
  WITH said AS (
    SELECT days, said_at > now() - interval '7 days' AS is_fresh,
      said_at = max(said_at) FILTER (WHERE said_at <= now() - interval '7 days') OVER () AS stands
    FROM retention_rules WHERE organization_id = (SELECT lubart_organization()) AND level = asked
  ), counts AS (
    SELECT days FROM said WHERE is_fresh OR stands
    UNION ALL
    SELECT CASE WHEN asked IN ('system', 'plugin') THEN 365 ELSE 1095 END
    WHERE NOT EXISTS (SELECT FROM said WHERE stands)
  )
  SELECT CASE WHEN bool_or(days IS NULL) THEN NULL ELSE max(days) END FROM counts
$function$;
-- callable by everybody

CREATE OR REPLACE FUNCTION public.lubart_departments()
 RETURNS uuid[]
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN (COALESCE(NULLIF(current_setting('lubart.department_ids'::text, true), ''::text), '{}'::text))::uuid[];
-- callable by everybody

CREATE OR REPLACE FUNCTION public.lubart_empty_index()
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
AS $function$
  DELETE FROM audit_index WHERE organization_id = lubart_organization();
  UPDATE audit_indexed SET places = 0 WHERE organization_id = lubart_organization();
$function$;
-- owner lubart_door
-- callable by lubart_app, lubart_door

CREATE OR REPLACE FUNCTION public.lubart_find_audit_entries(subject uuid, before uuid, maximum integer)
 RETURNS SETOF uuid
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
 SET plan_cache_mode TO 'force_custom_plan'
AS $function$
  BEGIN
    RETURN QUERY
      (SELECT i.id FROM audit_index i
        WHERE i.organization_id = (SELECT lubart_organization()) AND i.subject_ids @> ARRAY[subject] AND (before IS NULL OR i.id < before)
        ORDER BY i.id DESC LIMIT maximum)
      UNION ALL
      (SELECT f.id FROM lubart_fresh_entries() f WHERE f.subject_ids @> ARRAY[subject] AND (before IS NULL OR f.id < before))
      ORDER BY id DESC LIMIT maximum;
  END $function$;
-- owner lubart_door
-- callable by lubart_app, lubart_door

CREATE OR REPLACE FUNCTION public.lubart_find_company(wanted integer[], any_of boolean, in_trash boolean, maximum integer)
 RETURNS SETOF uuid
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
 SET enable_seqscan TO 'off'
 SET enable_indexscan TO 'off'
AS $function$
      DECLARE
        asker_organization uuid := lubart_organization();
        asker uuid := lubart_person();
        asker_departments uuid[] := lubart_departments();
        asker_scope text := lubart_scope();
        shared uuid[];
      BEGIN
        IF asker_organization IS NULL THEN RETURN; END IF;
        IF asker_scope IN ('own', 'department') THEN
          shared := ARRAY(SELECT lubart_shared('company', false));
          IF cardinality(shared) > 0 THEN
            RETURN QUERY SELECT s.record_id FROM company_search s
              WHERE s.organization_id = asker_organization AND s.record_id = ANY (shared) AND s.archived = in_trash
                AND CASE WHEN any_of THEN s.tokens && wanted ELSE s.tokens @> wanted END LIMIT maximum;
          END IF;
        END IF;
        IF asker_scope = 'own' AND any_of THEN
          RETURN QUERY SELECT DISTINCT hit.record_id FROM unnest(wanted) AS w (token) CROSS JOIN LATERAL (
            SELECT s.record_id FROM company_search s WHERE s.owner_id = asker AND s.tokens @> ARRAY[w.token]
              AND s.organization_id IS NOT DISTINCT FROM asker_organization AND s.archived = in_trash LIMIT maximum) AS hit
            LIMIT maximum;
        ELSIF asker_scope = 'own' THEN
          RETURN QUERY SELECT s.record_id FROM company_search s WHERE s.owner_id = asker AND s.tokens @> wanted
            AND s.organization_id IS NOT DISTINCT FROM asker_organization AND s.archived = in_trash LIMIT maximum;
        ELSIF asker_scope IN ('department', 'all') AND any_of THEN
          RETURN QUERY SELECT DISTINCT hit.record_id FROM unnest(wanted) AS w (token) CROSS JOIN LATERAL (
            SELECT s.record_id FROM company_search s WHERE s.tokens @> ARRAY[w.token]
              AND s.organization_id IS NOT DISTINCT FROM asker_organization AND s.archived = in_trash
              AND (asker_scope = 'all' OR s.department_id = ANY (asker_departments) OR s.owner_id = asker) LIMIT maximum) AS hit
            LIMIT maximum;
        ELSIF asker_scope IN ('department', 'all') THEN
          RETURN QUERY SELECT s.record_id FROM company_search s WHERE s.tokens @> wanted
            AND s.organization_id IS NOT DISTINCT FROM asker_organization AND s.archived = in_trash
            AND (asker_scope = 'all' OR s.department_id = ANY (asker_departments) OR s.owner_id = asker) LIMIT maximum;
        END IF;
      END $function$;
-- owner lubart_door
-- callable by lubart_app, lubart_door

CREATE OR REPLACE FUNCTION public.lubart_find_contact(wanted integer[], any_of boolean, in_trash boolean, maximum integer)
 RETURNS SETOF uuid
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
 SET enable_seqscan TO 'off'
 SET enable_indexscan TO 'off'
AS $function$
      DECLARE
        asker_organization uuid := lubart_organization();
        asker uuid := lubart_person();
        asker_departments uuid[] := lubart_departments();
        asker_scope text := lubart_scope();
        shared uuid[];
      BEGIN
        IF asker_organization IS NULL THEN RETURN; END IF;
        IF asker_scope IN ('own', 'department') THEN
          shared := ARRAY(SELECT lubart_shared('contact', false));
          IF cardinality(shared) > 0 THEN
            RETURN QUERY SELECT s.record_id FROM contact_search s
              WHERE s.organization_id = asker_organization AND s.record_id = ANY (shared) AND s.archived = in_trash
                AND CASE WHEN any_of THEN s.tokens && wanted ELSE s.tokens @> wanted END LIMIT maximum;
          END IF;
        END IF;
        IF asker_scope = 'own' AND any_of THEN
          RETURN QUERY SELECT DISTINCT hit.record_id FROM unnest(wanted) AS w (token) CROSS JOIN LATERAL (
            SELECT s.record_id FROM contact_search s WHERE s.owner_id = asker AND s.tokens @> ARRAY[w.token]
              AND s.organization_id IS NOT DISTINCT FROM asker_organization AND s.archived = in_trash LIMIT maximum) AS hit
            LIMIT maximum;
        ELSIF asker_scope = 'own' THEN
          RETURN QUERY SELECT s.record_id FROM contact_search s WHERE s.owner_id = asker AND s.tokens @> wanted
            AND s.organization_id IS NOT DISTINCT FROM asker_organization AND s.archived = in_trash LIMIT maximum;
        ELSIF asker_scope IN ('department', 'all') AND any_of THEN
          RETURN QUERY SELECT DISTINCT hit.record_id FROM unnest(wanted) AS w (token) CROSS JOIN LATERAL (
            SELECT s.record_id FROM contact_search s WHERE s.tokens @> ARRAY[w.token]
              AND s.organization_id IS NOT DISTINCT FROM asker_organization AND s.archived = in_trash
              AND (asker_scope = 'all' OR s.department_id = ANY (asker_departments) OR s.owner_id = asker) LIMIT maximum) AS hit
            LIMIT maximum;
        ELSIF asker_scope IN ('department', 'all') THEN
          RETURN QUERY SELECT s.record_id FROM contact_search s WHERE s.tokens @> wanted
            AND s.organization_id IS NOT DISTINCT FROM asker_organization AND s.archived = in_trash
            AND (asker_scope = 'all' OR s.department_id = ANY (asker_departments) OR s.owner_id = asker) LIMIT maximum;
        END IF;
      END $function$;
-- owner lubart_door
-- callable by lubart_app, lubart_door

CREATE OR REPLACE FUNCTION public.lubart_find_emergency_sheet(secret bytea)
 RETURNS TABLE(organization_id uuid, person_id uuid)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
BEGIN ATOMIC
 SELECT s.organization_id,
     s.person_id
    FROM emergency_sheets s
   WHERE (s.secret_hash = lubart_find_emergency_sheet.secret)
  LIMIT 1;
END;
-- owner lubart_door
-- callable by lubart_app, lubart_door

CREATE OR REPLACE FUNCTION public.lubart_find_sign_in(token bytea)
 RETURNS TABLE(organization_id uuid, person_id uuid)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
BEGIN ATOMIC
 SELECT p.organization_id,
     p.id
    FROM people p
   WHERE (p.sign_in_token = lubart_find_sign_in.token)
   ORDER BY p.created_at
  LIMIT 5;
END;
-- owner lubart_door
-- callable by lubart_app, lubart_door

CREATE OR REPLACE FUNCTION public.lubart_fresh_entries()
 RETURNS SETOF audit_index
 LANGUAGE plpgsql
 STABLE ROWS 100
 SET search_path TO 'pg_catalog', 'public'
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
AS $function$
DECLARE
  own uuid := lubart_organization();
  first bigint := coalesce((SELECT places FROM audit_indexed WHERE organization_id = own), 0);
  unsealed xid8 := coalesce((SELECT pg_snapshot_xmin(snapshot) FROM audit_trees WHERE organization_id = own), '0');
BEGIN
  RETURN QUERY
    SELECT e.organization_id, e.id, e.at, e.level, e.event, e.outcome, e.actor_id, e.session_id, e.subject_ids, e.request_id, e.address, e.device
    FROM audit_leaves l JOIN audit_entries e ON e.organization_id = l.organization_id AND e.id = l.entry_id
    WHERE l.organization_id = own AND l.position >= first;
  RETURN QUERY
    SELECT e.organization_id, e.id, e.at, e.level, e.event, e.outcome, e.actor_id, e.session_id, e.subject_ids, e.request_id, e.address, e.device
    FROM audit_entries e
    WHERE e.organization_id = own AND e.written_in >= unsealed
      AND NOT EXISTS (SELECT FROM audit_leaves l WHERE l.organization_id = e.organization_id AND l.entry_id = e.id);
END $function$;
-- callable by everybody

CREATE OR REPLACE FUNCTION public.lubart_has_checkpoints()
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
BEGIN ATOMIC
 SELECT (EXISTS ( SELECT 1
            FROM audit_checkpoints)) AS "exists";
END;
-- owner lubart_door
-- callable by lubart_app, lubart_door

CREATE OR REPLACE FUNCTION public.lubart_holds(kind text, record_id uuid, owner_id uuid, department_id uuid, archived boolean)
 RETURNS boolean
 LANGUAGE plpgsql
 STABLE PARALLEL SAFE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
AS $function$
DECLARE
  old record;
BEGIN
  IF kind = 'contact' THEN
    SELECT r.owner_id, r.department_id, r.archived_at INTO old FROM contacts r WHERE r.organization_id = lubart_organization() AND r.id = record_id;
  ELSE
    SELECT r.owner_id, r.department_id, r.archived_at INTO old FROM companies r WHERE r.organization_id = lubart_organization() AND r.id = record_id;
  END IF;
  RETURN coalesce(
    CASE lubart_scope()
      WHEN 'all' THEN true
      WHEN 'own' THEN old.owner_id = lubart_person()
      WHEN 'department' THEN old.owner_id = lubart_person() OR old.department_id = ANY (lubart_departments())
    END
    OR (old.owner_id = $3 AND old.department_id = $4 AND (old.archived_at IS NOT NULL) = $5), false);
END $function$;
-- owner lubart_door
-- callable by lubart_app, lubart_door

CREATE OR REPLACE FUNCTION public.lubart_index_entries(maximum integer)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
AS $function$
DECLARE
  own uuid := lubart_organization();
  first bigint;
  ends bigint;
BEGIN
  INSERT INTO audit_indexed VALUES (own, 0) ON CONFLICT DO NOTHING;
  SELECT places INTO first FROM audit_indexed WHERE organization_id = own FOR UPDATE SKIP LOCKED;
  IF NOT FOUND THEN RETURN 0; END IF;
  SELECT least(max(position) + 1, first + maximum) INTO ends FROM audit_leaves WHERE organization_id = own;
  IF ends IS NULL OR ends <= first THEN RETURN 0; END IF;
  INSERT INTO audit_index
    SELECT e.organization_id, e.id, e.at, e.level, e.event, e.outcome, e.actor_id, e.session_id, e.subject_ids, e.request_id, e.address, e.device
    FROM audit_leaves l JOIN audit_entries e ON e.organization_id = l.organization_id AND e.id = l.entry_id
    WHERE l.organization_id = own AND l.position >= first AND l.position < ends
      AND NOT EXISTS (SELECT FROM audit_index i WHERE i.organization_id = e.organization_id AND i.id = e.id);
  UPDATE audit_indexed SET places = ends WHERE organization_id = own;
  RETURN ends - first;
END $function$;
-- owner lubart_door
-- callable by lubart_app, lubart_door

CREATE OR REPLACE FUNCTION public.lubart_is_marked(asked uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  SELECT EXISTS (
    SELECT FROM investigation_marks m
      JOIN investigations i ON i.organization_id = m.organization_id AND i.id = m.investigation_id
    WHERE m.organization_id = (SELECT lubart_organization()) AND m.entry_id = asked
      AND (m.removed_at IS NULL OR m.removed_at > now() - interval '7 days')
      AND (i.closed_at IS NULL OR i.closed_at > now() - interval '7 days'))
$function$;
-- callable by everybody

CREATE OR REPLACE FUNCTION public.lubart_is_over(asked_level text, written_at timestamp with time zone, asked_event text, actor uuid, subjects uuid[])
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  SELECT asked_event <> 'audit.pruned'
    AND coalesce(written_at < now() - make_interval(days => lubart_days_kept(asked_level)), false)
    AND NOT EXISTS (
      SELECT FROM legal_holds h
      WHERE h.organization_id = (SELECT lubart_organization()) AND h.lifted_at IS NULL
        AND (h.subject_kind = 'all' OR h.subject_id = actor OR h.subject_id = ANY (subjects)))
$function$;
-- callable by everybody

CREATE OR REPLACE FUNCTION public.lubart_noted()
 RETURNS xid8
 LANGUAGE sql
RETURN CASE WHEN (set_config('lubart.noted'::text, 'yes'::text, true) <> ''::text) THEN pg_current_xact_id() ELSE NULL::xid8 END;
-- callable by everybody

CREATE OR REPLACE FUNCTION public.lubart_organization()
 RETURNS uuid
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN (NULLIF(current_setting('lubart.organization_id'::text, true), ''::text))::uuid;
-- callable by everybody

CREATE OR REPLACE FUNCTION public.lubart_organization_ids()
 RETURNS SETOF uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
BEGIN ATOMIC
 SELECT organizations.organization_id
    FROM organizations
   ORDER BY organizations.created_at, organizations.organization_id;
END;
-- owner lubart_door
-- callable by lubart_app, lubart_door

CREATE OR REPLACE FUNCTION public.lubart_person()
 RETURNS uuid
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN (NULLIF(current_setting('lubart.person_id'::text, true), ''::text))::uuid;
-- callable by everybody

CREATE OR REPLACE FUNCTION public.lubart_prune_entries(asked uuid[])
 RETURNS SETOF uuid
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
AS $function$
  WITH gone AS (
    DELETE FROM audit_entries e
    WHERE e.organization_id = lubart_organization() AND e.id = ANY (asked)
      AND lubart_is_over(e.level, e.at, e.event, e.actor_id, e.subject_ids) AND NOT lubart_is_marked(e.id)
    RETURNING e.id
  ), apart AS (
    DELETE FROM audit_strays s USING gone WHERE s.organization_id = lubart_organization() AND s.entry_id = gone.id
  ), indexed AS (
    DELETE FROM audit_index i USING gone WHERE i.organization_id = lubart_organization() AND i.id = gone.id
  )
  SELECT id FROM gone
$function$;
-- owner lubart_door
-- callable by lubart_app, lubart_door

CREATE OR REPLACE FUNCTION public.lubart_prune_stamps()
 RETURNS SETOF bigint
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
AS $function$
  DELETE FROM audit_stamps s USING (
    SELECT anchor_id, size, lag(size, 1, 0::bigint) OVER later AS first, lead(size) OVER later IS NULL AS is_newest
    FROM audit_stamps WHERE organization_id = lubart_organization()
    WINDOW later AS (PARTITION BY anchor_id ORDER BY size)) known
  WHERE s.organization_id = lubart_organization() AND s.anchor_id = known.anchor_id AND s.size = known.size
    AND NOT known.is_newest AND NOT EXISTS (
      SELECT FROM audit_leaves l JOIN audit_entries e ON e.organization_id = l.organization_id AND e.id = l.entry_id
      WHERE l.organization_id = lubart_organization() AND l.position >= known.first AND l.position < known.size)
  RETURNING s.size
$function$;
-- owner lubart_door
-- callable by lubart_app, lubart_door

CREATE OR REPLACE FUNCTION public.lubart_reached_departments()
 RETURNS uuid[]
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN CASE WHEN (lubart_scope() = 'department'::text) THEN lubart_departments() ELSE '{}'::uuid[] END;
-- callable by everybody

CREATE OR REPLACE FUNCTION public.lubart_reached_person()
 RETURNS uuid
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN CASE WHEN (lubart_scope() = ANY (ARRAY['own'::text, 'department'::text])) THEN lubart_person() ELSE NULL::uuid END;
-- callable by everybody

CREATE OR REPLACE FUNCTION public.lubart_require_entry()
 RETURNS void
 LANGUAGE plpgsql
 STABLE
AS $function$
BEGIN
  IF coalesce(current_setting('lubart.changed', true), '') <> '' AND coalesce(current_setting('lubart.noted', true), '') = '' THEN
    RAISE EXCEPTION 'lubart: % was changed and no entry says so', current_setting('lubart.changed') USING ERRCODE = 'LB001';
  END IF;
END $function$;
-- callable by everybody

CREATE OR REPLACE FUNCTION public.lubart_require_taken(taken bigint)
 RETURNS void
 LANGUAGE plpgsql
 IMMUTABLE
AS $function$
BEGIN
  IF taken <> 1 THEN
    RAISE EXCEPTION 'lubart: nothing was there to be taken' USING ERRCODE = 'LB002';
  END IF;
END $function$;
-- callable by everybody

CREATE OR REPLACE FUNCTION public.lubart_scope()
 RETURNS text
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN COALESCE(current_setting('lubart.scope'::text, true), 'none'::text);
-- callable by everybody

CREATE OR REPLACE FUNCTION public.lubart_shared(kind text, to_change boolean)
 RETURNS SETOF uuid
 LANGUAGE plpgsql
 STABLE PARALLEL SAFE SECURITY DEFINER ROWS 100
 SET search_path TO 'pg_catalog', 'public'
AS $function$
DECLARE
  asker_organization uuid := lubart_organization();
  asker uuid := lubart_person();
  used text := coalesce(current_setting('lubart.shares', true), 'none');
  only_editable boolean := used = kind || '.update';
  homes uuid[];
BEGIN
  IF asker_organization IS NULL OR asker IS NULL OR lubart_scope() = 'none' THEN RETURN; END IF;
  IF NOT only_editable AND (to_change OR used <> kind || '.read') THEN RETURN; END IF;
  RETURN QUERY SELECT CASE kind WHEN 'contact' THEN s.contact_id ELSE s.company_id END FROM shares s
    WHERE s.organization_id = asker_organization AND s.person_id = asker AND s.ended_at IS NULL AND s.until > now()
      AND (s.may_edit OR NOT only_editable) AND CASE kind WHEN 'contact' THEN s.contact_id ELSE s.company_id END IS NOT NULL;
  IF NOT EXISTS (SELECT FROM shares s WHERE s.organization_id = asker_organization AND s.department_id IS NOT NULL AND s.ended_at IS NULL)
  THEN RETURN; END IF;
  -- A department and everything below it: so the asker’s own department and everything above it.
  WITH RECURSIVE home AS (
    SELECT p.department_id AS id FROM people p WHERE p.organization_id = asker_organization AND p.id = asker
    UNION
    SELECT d.parent_id FROM departments d JOIN home h ON d.id = h.id WHERE d.organization_id = asker_organization AND d.parent_id IS NOT NULL
  )
  SELECT array_agg(home.id) INTO homes FROM home;
  RETURN QUERY SELECT CASE kind WHEN 'contact' THEN s.contact_id ELSE s.company_id END FROM shares s
    WHERE s.organization_id = asker_organization AND s.department_id = ANY (homes) AND s.ended_at IS NULL AND s.until > now()
      AND (s.may_edit OR NOT only_editable) AND CASE kind WHEN 'contact' THEN s.contact_id ELSE s.company_id END IS NOT NULL;
END $function$;
-- owner lubart_door
-- callable by lubart_app, lubart_door

CREATE OR REPLACE FUNCTION public.lubart_sort_tokens()
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
AS $function$
BEGIN
  PERFORM gin_clean_pending_list('public.contact_search_tokens'), gin_clean_pending_list('public.company_search_tokens');
END $function$;
-- callable by lubart_app

CREATE OR REPLACE FUNCTION public.lubart_unsealed_organizations()
 RETURNS SETOF uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
BEGIN ATOMIC
 SELECT o.organization_id
    FROM (organizations o
      LEFT JOIN audit_trees t ON ((t.organization_id = o.organization_id)))
   WHERE (EXISTS ( SELECT 1
            FROM audit_entries e
           WHERE ((e.organization_id = o.organization_id) AND (e.written_in >= COALESCE(pg_snapshot_xmin(t.snapshot), '0'::xid8)) AND ((t.snapshot IS NULL) OR (NOT pg_visible_in_snapshot(e.written_in, t.snapshot))))));
END;
-- owner lubart_door
-- callable by lubart_app, lubart_door
