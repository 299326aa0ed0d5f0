export type { Actor, ProvenFactor } from './actor.ts';
export { GateRefusal } from './gate-refusal.ts';
export { grantsOf, may, mayGiveRole, reaches, reachOf } from './policy.ts';
export type { SignInTies } from './change-person.ts';
export { insertDepartment } from './department-store.ts';
export type { Organization } from './organization.ts';
export { insertOrganization, nameOrganization, readOrganization } from './organization.ts';
export type { DirectoryDepartment, DirectoryPerson, PeopleDirectory } from './people-directory.ts';
export { openPeopleDirectory } from './people-directory.ts';
export {
  changeEmail,
  findPersonRow,
  insertPerson,
  isEmailTaken,
  isUniqueViolation,
  lockPeople,
  updateProfile,
} from './people-store.ts';
export type { PersonSecret } from './person.ts';
export { personPlace, readEmail, readLine, signInEmail } from './person.ts';
export { accessPosture } from './posture.ts';
export type { AccessDeps, AccessHandlers } from './routes.ts';
export { accessHandlers } from './routes.ts';
