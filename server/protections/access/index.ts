export type { Actor, ProvenFactor } from './actor.ts';
export { actorRights, isOwner, marksOfHeld, rightsWithPlaces } from './actor.ts';
export { GateRefusal } from './gate-refusal.ts';
export type { ReachedRecord } from './policy.ts';
export {
  departmentIdsFor,
  may,
  mayGiveRole,
  mayGiveRoleIn,
  reaches,
  reachOf,
  scopeOf,
  withoutShares,
} from './policy.ts';
export type { ElevationNotice } from './elevation/elevations.ts';
export { noteExpiredElevations } from './elevation/elevations.ts';
export { elevationSteps } from './elevation/elevation-steps.ts';
export type { SharingDeps } from './sharing/share-record.ts';
export { noteExpiredShares, sharesPerRecordMax } from './sharing/share-record.ts';
export {
  endShare,
  expireShares,
  listSharesOfPeople,
  listSharesWithDepartments,
  lockOpenShare,
  sharedWithAsker,
} from './sharing/share-store.ts';
export { sharingSteps } from './sharing/sharing-steps.ts';
export type { SharingHandlers } from './sharing/sharing-routes.ts';
export { sharingHandlers } from './sharing/sharing-routes.ts';
export { narrowRights } from './narrow-rights.ts';
export type { RoleRights } from './ready-roles.ts';
export { readyRights } from './ready-roles.ts';
export type { HeldRole, StoredRole } from './role-store.ts';
export {
  giveRoles,
  insertReadyRoles,
  listHeldRoles,
  listRoles,
  resolveRoles,
  rolesOfPerson,
  takeRoles,
} from './role-store.ts';
export { listGivenRoles } from './role-store.ts';
export type { FieldRights, Grants, RecordKindName, RoleMark, RoleRow } from './role.ts';
export { combineRights, markOf, referenceOf, requireRolesOnce, rightsOf } from './role.ts';
export { headSteps } from './heads/deputy-step.ts';
export type { DeputyNotice } from './heads/name-deputy.ts';
export { readStandIns } from './heads/read-stand-ins.ts';
export type { StandsFor } from './heads/stand-in.ts';
export type { Heads } from './heads/find-heads.ts';
export { headsOf, nearestHeads, readHeads } from './heads/find-heads.ts';
export type { LeavingDeps } from './leaving/leave-person.ts';
export type { Heir, LeavingStep, Owned, RecordHandOver, Whose } from './leaving/leaving-step.ts';
export { roleSteps } from './leaving/leaving-step.ts';
export type { PersonMoved, SignInTies } from './change-person.ts';
export type { RoleTaking, RoleTakingDeps } from './withdraw-role.ts';
export { restoreRole, whyHeld, withdrawRole } from './withdraw-role.ts';
export type { Standing } from './standings.ts';
export { readStandings } from './standings.ts';
export { sleepingDaysMin } from './leaving/sleeping.ts';
export type { Self } from './entitled-now.ts';
export {
  actorNow,
  lastingRights,
  lockStandingNow,
  placeOf,
  requireEntitledNow,
  requireStanding,
  requireStandingNow,
  requireStillEntitled,
  selfNow,
} from './entitled-now.ts';
export type { DepartmentRow } from './department-store.ts';
export { insertDepartment, listDepartments } from './department-store.ts';
export { branchOf, lineOf } from './department-tree.ts';
export type { Organization } from './organization.ts';
export { insertOrganization, nameOrganization, openOrganizationName, readOrganization } from './organization.ts';
export type { DirectoryDepartment, DirectoryPerson, PeopleDirectory } from './people-directory.ts';
export { openPeopleDirectory } from './people-directory.ts';
export type { LockedPerson, PersonRow } from './people-store.ts';
export {
  changeEmail,
  findPersonRow,
  insertPerson,
  isEmailTaken,
  isUniqueViolation,
  listPeople,
  lockPeople,
  updateProfile,
} from './people-store.ts';
export type { PersonSecret } from './person.ts';
export { personPlace, readEmail, readLine, signInEmail } from './person.ts';
export { accessPosture } from './posture.ts';
export type { ExplainHandlers } from './explain-routes.ts';
export { explainHandlers } from './explain-routes.ts';
export type { AccessDeps, AccessHandlers } from './routes.ts';
export { accessHandlers } from './routes.ts';
