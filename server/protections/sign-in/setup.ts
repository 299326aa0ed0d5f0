/**
 * Set-up: the first organization and its owner, made once. In the browser by the one-time link that was printed at start; on the
 * command line by whoever may run it on this machine.
 */
import type { BodyOf, EnrolmentView, peopleRoutes, SessionView } from '#contract';
import type { Visitor } from '#http';
import { hasCode, LubartError } from '#kernel';
import { readEmail, readLine } from '#protections/access';
import { createOrganization } from './create-organization.ts';
import { bringTicket } from './bring-ticket.ts';
import type { SignInDeps } from './deps.ts';
import { openDoor } from './open-door.ts';
import type { RefusedVisitor } from './note-refusal.ts';
import { hashPassword } from './password.ts';
import { requirePassword } from './require-password.ts';
import { manualKey, newTotpSecret, otpauthUri, stepOfCode } from './totp.ts';

type Body<Key extends keyof typeof peopleRoutes> = BodyOf<(typeof peopleRoutes)[Key]>;

/** A secret for the authenticator app, and the ticket that brings it back. */
export function makeEnrolment(deps: SignInDeps, door: string, organizationName: string, email: string): EnrolmentView {
  const secret = newTotpSecret();
  return {
    otpauthUri: otpauthUri(secret, organizationName, email),
    manualKey: manualKey(secret),
    ...deps.tickets.make('enrolment', { door, secret }),
  };
}

/**
 * The secret of an enrolment ticket made for this very door, and the time step of the code that proves it was taken over.
 * @throws sign-in.ticket_expired, sign-in.code_wrong
 */
export async function requireEnrolment(
  deps: SignInDeps,
  visitor: RefusedVisitor,
  door: string,
  given: { ticket: string; code: string },
) {
  const enrolment = await bringTicket(deps, visitor, 'enrolment', given.ticket);
  if (enrolment.door !== door) throw new LubartError('sign-in.ticket_expired');
  const lastStep = stepOfCode(enrolment.secret, given.code.replace(/[\s-]+/g, ''), deps.clock.now());
  if (lastStep === null) throw new LubartError('sign-in.code_wrong', { field: 'code' });
  return { totpSecret: enrolment.secret, lastStep };
}

/** @throws setup.already_done, setup.link_invalid, field.email_invalid, request.invalid */
export async function beginSetup(
  deps: SignInDeps,
  visitor: Visitor,
  body: Body<'POST /api/v1/setup/begin'>,
): Promise<EnrolmentView> {
  await requireSetupToken(deps, visitor, body.token);
  const email = readEmail(body.email, 'email');
  return makeEnrolment(deps, deps.setupToken.mark(), readLine(body.organizationName, 'organizationName'), email);
}

/** @throws setup.already_done, setup.link_invalid, sign-in.ticket_expired, sign-in.code_wrong, password.*, field.email_invalid */
export async function finishSetup(
  deps: SignInDeps,
  visitor: Visitor,
  body: Body<'POST /api/v1/setup'>,
): Promise<{ token: string; session: SessionView; recoveryCodes: string[] }> {
  await requireSetupToken(deps, visitor, body.token);
  const name = readLine(body.organization.name, 'organization.name');
  const owner = { name: readLine(body.owner.name, 'owner.name'), email: readEmail(body.owner.email, 'owner.email') };
  await requirePassword(body.password, { email: owner.email, names: [owner.name, name] });
  const enrolment = await requireEnrolment(deps, visitor, deps.setupToken.mark(), body);
  const passwordHash = await hashPassword(body.password);
  const language = body.language ?? visitor.language;
  const made = await refusing(deps, visitor, () =>
    createOrganization(
      deps,
      visitor,
      { name, owner: { ...owner, language, passwordHash, ...enrolment }, first: true },
      async (tx, seals, { personId, recoveryCodes }) => {
        const who = { personId, name: owner.name };
        const entry = { who, visitor, way: 'setup', factors: ['password', 'totp'] } as const;
        return { ...(await openDoor(deps, tx, seals, entry)), recoveryCodes };
      },
    ),
  );
  deps.setupToken.spend();
  return made;
}

export type SetUpInput = {
  organizationName: string;
  ownerName: string;
  email: string;
  password: string;
  language?: 'uk' | 'en';
};
export type SetUpResult = {
  organizationId: string;
  departmentId: string;
  personId: string;
  otpauthUri: string;
  recoveryCodes: string[];
};

/** Set-up by a local operator; the first code of the app is asked at the first sign-in. Throws as `finishSetup`. */
export async function setUp(
  deps: SignInDeps,
  visitor: RefusedVisitor,
  input: SetUpInput,
  first: boolean,
): Promise<SetUpResult> {
  const name = readLine(input.organizationName, 'organizationName');
  const owner = { name: readLine(input.ownerName, 'ownerName'), email: readEmail(input.email, 'email') };
  await requirePassword(input.password, { email: owner.email, names: [owner.name, name] });
  if (first) await requireNoOrganization(deps);
  const totpSecret = newTotpSecret();
  const passwordHash = await hashPassword(input.password);
  const joiner = { ...owner, language: input.language ?? 'uk', passwordHash, totpSecret, lastStep: 0 } as const;
  const made = await createOrganization(deps, visitor, { name, owner: joiner, first }, (_tx, _seals, created) =>
    Promise.resolve(created),
  );
  return { ...made, otpauthUri: otpauthUri(totpSecret, name, owner.email) };
}

async function requireNoOrganization(deps: SignInDeps): Promise<void> {
  if ((await deps.defaultOrganization()) !== null) throw new LubartError('setup.already_done');
}

async function requireSetupToken(deps: SignInDeps, visitor: Visitor, token: string): Promise<void> {
  await refusing(deps, visitor, async () => {
    await requireNoOrganization(deps);
    if (!deps.setupToken.matches(token)) throw new LubartError('setup.link_invalid');
  });
}

async function refusing<T>(deps: SignInDeps, visitor: Visitor, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (hasCode(error, 'setup.already_done', 'setup.link_invalid')) {
      await deps.noteRefusal({ event: 'setup.denied', code: error.code, visitor, organizationId: null, actor: null });
    }
    throw error;
  }
}
