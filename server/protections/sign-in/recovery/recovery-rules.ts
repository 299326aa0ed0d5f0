/** The section of recovery in the rules of sign-in: read into one form, never a group that nobody is in, and shown before it is saved. */
import type { RecoveryRules, ResponseOf, securityRoutes } from '#contract';
import type { Transaction } from '#database';
import { LubartError } from '#kernel';
import type { Actor, PersonSecret } from '#protections/access';
import { personPlace } from '#protections/access';
import { systemReach } from '#protections/encryption';
import type { SignInDeps } from '../deps.ts';
import type { Approver } from './approvers.ts';
import { approversFor, readGroup } from './approvers.ts';

export const readRecoveryRules = ({
  approvers: { roles, people },
  needed,
  waitingHours,
}: RecoveryRules): RecoveryRules => ({
  approvers: { roles: [...new Set(roles)], people: [...new Set(people)] },
  needed,
  waitingHours,
});

/** Attack: a group that nobody is in, so that whoever loses the phone stays outside. @throws security.approvers_empty */
export async function requireApprovers(
  tx: Transaction,
  organizationId: string,
  rules: RecoveryRules,
  now: Date,
): Promise<void> {
  const { named } = await readGroup(tx, organizationId, rules.approvers, now);
  if (named.some(({ mayApprove }) => mayApprove)) return;
  throw new LubartError('security.approvers_empty', { field: 'recovery.approvers' });
}

/** Whether somebody without a phone is let in more easily than before: fewer approvals, less time, or people who could not vouch. */
export function isRecoveryLowered(before: RecoveryRules, after: RecoveryRules): boolean {
  const hasNew = (old: readonly string[], fresh: readonly string[]) => fresh.some((one) => !old.includes(one));
  return (
    after.needed < before.needed ||
    after.waitingHours < before.waitingHours ||
    hasNew(before.approvers.roles, after.approvers.roles) ||
    hasNew(before.approvers.people, after.approvers.people)
  );
}

const namesShown = 5;

export async function previewRecovery(
  deps: SignInDeps,
  actor: Actor,
  given: RecoveryRules,
): Promise<ResponseOf<(typeof securityRoutes)['POST /api/v1/security/recovery/preview']>> {
  const { organizationId } = actor;
  const seals = await deps.keyring.of(organizationId);
  const { named, everybody } = await deps.database.read(systemReach(organizationId), (tx) =>
    readGroup(tx, organizationId, given.approvers, deps.clock.now()),
  );
  const nameOf = ({ id, sealed }: Approver) => seals.open<PersonSecret>(personPlace(id), sealed).name;
  const few = (people: readonly Approver[]) => ({
    count: people.length,
    names: people.slice(0, namesShown).map(nameOf),
  });
  const left = (person: Approver) => approversFor(named, person).length;
  return {
    people: named.map((one) => ({ personId: one.id, name: nameOf(one), owner: one.owner, mayApprove: one.mayApprove })),
    short: few(everybody.filter((person) => left(person) > 0 && left(person) < given.needed)),
    nobody: few(everybody.filter((person) => left(person) === 0)),
  };
}
