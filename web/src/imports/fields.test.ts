import assert from 'node:assert/strict';
import { test } from 'node:test';
import { companyImportFields, contactImportFields } from '../../../contract/routes/imports.ts';
import { importFieldsOf } from './fields.ts';

test('the wizard offers exactly the fields that the server imports', () => {
  assert.deepEqual(importFieldsOf.contacts, contactImportFields);
  assert.deepEqual(importFieldsOf.companies, companyImportFields);
});
