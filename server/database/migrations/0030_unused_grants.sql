-- Rights that no statement of the app uses; the owner of each table is named where it is made. What is never deleted by itself must not
-- be deletable by whoever finds a way into a statement. What goes with its client goes by its foreign key, which asks for no right.
REVOKE DELETE ON passwords, devices, recovery_requests, contact_search, company_search FROM lubart_app;
REVOKE DELETE ON imports, import_batches, import_rejections, import_updates FROM lubart_app;
REVOKE UPDATE ON import_chunks, import_rejections, organization_keys FROM lubart_app;
