/** What a signed-in person is told about oneself: who, where, and what one may do. */
import type { Permission, SessionView } from '#contract';
import type { Transaction } from '#database';
import { LubartError } from '#kernel';
import type { PersonSecret } from '#protections/access';
import { findPersonRow, grantsOf, personPlace, readOrganization } from '#protections/access';
import type { OrganizationSeals } from '#protections/encryption';

export async function readSessionView(
  tx: Transaction,
  seals: OrganizationSeals,
  personId: string,
): Promise<SessionView> {
  const { organizationId } = seals;
  const organization = await readOrganization(tx, seals);
  const row = await findPersonRow(tx, organizationId, personId);
  if (row === undefined) throw new LubartError('session.expired');
  const { name, email } = seals.open<PersonSecret>(personPlace(personId), row.sealed);
  const [department] = await tx<{ id: string; name: string }[]>`
    SELECT id, name FROM departments WHERE organization_id = ${organizationId} AND id = ${row.department_id}`;
  return {
    organization: { id: organization.id, name: organization.name },
    person: {
      id: personId,
      name,
      email,
      role: row.role,
      department: department === undefined ? null : { ...department },
    },
    language: row.language,
    permissions: (
      Object.entries(grantsOf[row.role]) as [Permission, SessionView['permissions'][number]['scope']][]
    ).map(([permission, scope]) => ({ permission, scope })),
  };
}
