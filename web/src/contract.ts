/**
 * The one door from the web to the contract. Route tables come as types only: they are schemas, and the browser needs no
 * schema library. Words are loaded per language by `i18n`.
 */
export * from '../../contract/errors.ts';
export * from '../../contract/events.ts';
export * from '../../contract/permissions.ts';
export * from '../../contract/records/company.ts';
export * from '../../contract/records/contact.ts';
export * from '../../contract/records/record.ts';
export type {
  AuditFilterValue,
  AuditChangeView,
  AuditEntryView,
  AuditQueryValue,
} from '../../contract/routes/audit.ts';
export type { BodyOf, ParamsOf, QueryOf, ResponseOf } from '../../contract/routes/route.ts';
export type { BulkActValue } from '../../contract/routes/bulk.ts';
export type { ApiKeyView } from '../../contract/routes/api-keys.ts';
export type { DeviceRequestView, DeviceView } from '../../contract/routes/devices.ts';
export type { LetterState } from '../../contract/routes/links.ts';
export type { FactorKind } from '../../contract/routes/shapes.ts';
export type { CoverageFilter, CoverageRowView } from '../../contract/routes/coverage.ts';
export type { RulesView } from '../../contract/routes/security.ts';
export type { SsoProviderView } from '../../contract/routes/sso.ts';
export type { ExportLimits, ExportProtection, ExportRules } from '../../contract/exports.ts';
export type { ExportViewValue, PreparedExportView } from '../../contract/routes/exports.ts';
export { erasureReasons } from '../../contract/erasure.ts';
export type { ErasureReason } from '../../contract/erasure.ts';
export type { AnchorKind, AnchorSettingsValue, AnchorView } from '../../contract/routes/anchors.ts';
export type { WitnessedLogView, WitnessView } from '../../contract/routes/witnesses.ts';
export type { ErasureView } from '../../contract/routes/erasure.ts';
export type { LegalHoldView, RetentionView } from '../../contract/routes/retention.ts';
export type { InvestigationView, MarkView, SavedFilterView } from '../../contract/routes/investigations.ts';
export type { ForwardForm, ForwardKind, ForwardView } from '../../contract/routes/forwards.ts';
export type { RecordMomentView } from '../../contract/routes/history.ts';
export type { DecoyView } from '../../contract/routes/decoys.ts';
export type { Routes } from '../../contract/routes/index.ts';
export type { DeputyView } from '../../contract/routes/heads.ts';
export type {
  DepartmentMoveView,
  PersonAccessView,
  RolePreviewView,
  ViewersView,
} from '../../contract/routes/explanations.ts';
export type { StatisticsView } from '../../contract/routes/statistics.ts';
export type { HandOverRule, LeavingCertificateView } from '../../contract/routes/leaving.ts';
export type { ElevationView } from '../../contract/routes/elevations.ts';
export type { ShareView } from '../../contract/routes/sharing.ts';
export { defaultReviewRules, escalations, reviewIntervals } from '../../contract/reviews.ts';
export type { ReviewRules } from '../../contract/reviews.ts';
export type { ReviewCampaignView, ReviewRightView } from '../../contract/routes/reviews.ts';
export type { RoleView } from '../../contract/routes/roles.ts';
export type { CompanyFiltersValue, ContactFiltersValue, listSorts } from '../../contract/routes/contacts.ts';
export type {
  CompanyImportField,
  ContactImportField,
  ImportKind,
  ImportLookValue,
  ImportPlanValue,
  ImportState,
  ImportViewValue,
  PreviewRowValue,
} from '../../contract/routes/imports.ts';
export type {
  DepartmentView,
  EnrolmentView,
  InvitationView,
  PersonView,
  SessionRowView,
  SessionView,
} from '../../contract/routes/people.ts';
export type { CompanyRow, CompanyView, ContactRow, ContactView, RecordHead } from '../../contract/routes/shapes.ts';
export { halfLetters, halfLettersCount, readHalf } from '../../contract/emergency-half.ts';
export type { Words } from '../../contract/words/words.ts';
export {
  compareNames,
  formatPhone,
  parseEdrpou,
  parseEmail,
  parseUkrainianPhone,
} from '../../contract/ukraine/index.ts';
export { factorLevels } from '../../contract/sign-in-rules.ts';
