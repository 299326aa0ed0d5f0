import type { ErrorCode } from '../errors.ts';
import type { EventName } from '../events.ts';
import type { FieldRight, Permission, ReadyRole, Scope } from '../permissions.ts';
import type { CompanyField } from '../records/company.ts';
import type { ContactField, ContactStage, LegalBasis } from '../records/contact.ts';
import type { CompanyImportField, ContactImportField } from '../routes/imports.ts';

export type Words = {
  errors: Record<ErrorCode, string>;
  events: Record<EventName, string>;
  permissions: Record<Permission, string>;
  roles: Record<ReadyRole, string>;
  fieldRights: Record<FieldRight, string>;
  scopes: Record<Scope, string>;
  contactFields: Record<ContactField, string>;
  companyFields: Record<CompanyField, string>;
  importFields: Record<ContactImportField | CompanyImportField, string>;
  stages: Record<ContactStage, string>;
  legalBases: Record<LegalBasis, string>;
};
