/** What sign-in proves about itself in the running system. */
import type { Database } from '#database';
import type { Clock } from '#kernel';
import { hasCode } from '#kernel';
import type { Keyring } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import type { PostureCheck } from '#protections/posture';
import { readCoverage } from './demands/coverage.ts';
import { findCurrentCode, findStep, readApps, takeStep } from './totp.ts';

type Deps = {
  database: Database;
  keyring: Keyring;
  clock: Clock;
  organizations: () => Promise<string[]>;
  /** Where people open this Lubart; empty while nobody does. */
  origin: () => string;
};

export function signInPosture(deps: Deps): PostureCheck[] {
  return [
    {
      id: 'sign-in.second_factor',
      protection: 1,
      promise: 'Nobody who may sign in is without a second factor',
      run: () =>
        countBad(
          deps,
          'peopleWithoutFactor',
          (id) => (tx) =>
            tx`
        SELECT count(*)::int AS seen, count(*) FILTER (WHERE NOT EXISTS (
          SELECT 1 FROM authenticators a WHERE a.organization_id = p.organization_id AND a.person_id = p.id)
          AND NOT EXISTS (
          SELECT 1 FROM passkeys k WHERE k.organization_id = p.organization_id AND k.person_id = p.id)
          AND NOT EXISTS (
          SELECT 1 FROM sms_numbers m WHERE m.organization_id = p.organization_id AND m.person_id = p.id)
          AND NOT EXISTS (
          SELECT 1 FROM sso_identities s WHERE s.organization_id = p.organization_id AND s.person_id = p.id))::int AS bad
        FROM people p WHERE p.organization_id = ${id} AND p.deactivated_at IS NULL`,
        ),
    },
    {
      id: 'sign-in.factors_demanded',
      protection: 1,
      promise: 'Everybody has the factor that the roles demand, or days of grace to enrol it',
      run: () => countCovered(deps),
    },
    {
      id: 'sign-in.browsers_approved',
      protection: 1,
      promise: 'No session is open on a browser that was taken away, or that is nobody’s',
      run: () =>
        countBad(
          deps,
          'sessionsOnStrangeBrowsers',
          (id) => (tx) =>
            tx`
        SELECT count(*)::int AS seen, count(*) FILTER (WHERE s.device_id IS NOT NULL AND (d.id IS NULL
          OR d.revoked_at IS NOT NULL OR d.expired_at IS NOT NULL OR d.person_id <> s.person_id))::int AS bad
        FROM sessions s LEFT JOIN devices d ON d.organization_id = s.organization_id AND d.id = s.device_id
        WHERE s.organization_id = ${id} AND s.ended_at IS NULL`,
        ),
    },
    {
      id: 'sign-in.tokens_hashed',
      protection: 1,
      promise: 'Sessions and invitations keep only the hash of their token',
      run: () =>
        countBad(
          deps,
          'notHashes',
          (id) => (tx) =>
            tx`
        SELECT count(*)::int AS seen, count(*) FILTER (WHERE octet_length(token_hash) <> 32)::int AS bad FROM (
          SELECT token_hash FROM sessions WHERE organization_id = ${id}
          UNION ALL SELECT token_hash FROM invitations WHERE organization_id = ${id}) t`,
        ),
    },
    {
      id: 'sign-in.passwords_argon2id',
      protection: 1,
      promise: 'Every password is kept as argon2id with at least 19 MiB',
      run: () =>
        countBad(
          deps,
          'weakHashes',
          (id) => (tx) =>
            tx`
        SELECT count(*)::int AS seen, count(*) FILTER (
          WHERE hash NOT LIKE '$argon2id$v=19$%' OR substring(hash from 'm=([0-9]+)')::int < 19456)::int AS bad
        FROM passwords WHERE organization_id = ${id}`,
        ),
    },
    {
      id: 'sign-in.closed_to_dismissed',
      protection: 1,
      promise: 'Nobody who was deactivated has an open session',
      run: () =>
        countBad(
          deps,
          'openSessionsOfDismissed',
          (id) => (tx) =>
            tx`
        SELECT count(*)::int AS seen, count(*) FILTER (WHERE p.deactivated_at IS NOT NULL)::int AS bad
        FROM sessions s JOIN people p ON p.organization_id = s.organization_id AND p.id = s.person_id
        WHERE s.organization_id = ${id} AND s.ended_at IS NULL`,
        ),
    },
    {
      id: 'sign-in.sso_gives_no_owner',
      protection: 1,
      promise: 'No group and no provider of single sign-on makes an owner, and none is reached without TLS',
      run: () =>
        countBad(
          deps,
          'providersTooMighty',
          (id) => (tx) =>
            tx`
        SELECT 1 AS seen, count(*) FILTER (WHERE s.issuer !~ '^(https://|http://(localhost|127\\.0\\.0\\.1|\\[::1\\])[:/]?)'
          OR EXISTS (SELECT 1 FROM roles r WHERE r.organization_id = s.organization_id AND r.key = 'owner' AND (
            r.id = ANY (s.join_role_ids) OR r.id IN (SELECT g.role_id FROM sso_group_roles g
              WHERE g.organization_id = s.organization_id AND g.provider_id = s.id))))::int AS bad
        FROM sso_providers s WHERE s.organization_id = ${id}`,
        ),
    },
    {
      id: 'sign-in.keys_of_this_host',
      protection: 1,
      promise:
        'Every passkey was made for the name under which Lubart is opened; under another name it would open nothing',
      run: () => countForeignKeys(deps),
    },
    {
      id: 'sign-in.codes_once',
      protection: 1,
      promise: 'A code of an authenticator app is good once',
      run: () => spendTwice(deps),
    },
  ];
}

/** By the function that the list of who is not covered shows. */
async function countCovered({ database, clock, organizations }: Deps) {
  const evidence = { people: 0, inGrace: 0, walled: 0, smsOnly: 0, ownersBySmsOnly: 0 };
  for (const id of await organizations()) {
    for (const { standing, verdict, smsOnly } of await readCoverage(database, id, clock.now())) {
      evidence.people += 1;
      if (verdict.state === 'grace') evidence.inGrace += 1;
      if (verdict.state === 'wall') evidence.walled += 1;
      if (smsOnly) evidence.smsOnly += 1;
      if (smsOnly && standing.roles.some(({ reference }) => reference === 'owner')) evidence.ownersBySmsOnly += 1;
    }
  }
  return { ok: evidence.walled === 0 && evidence.ownersBySmsOnly === 0, evidence };
}

type Statement = (tx: Parameters<Parameters<Database['read']>[1]>[0]) => Promise<unknown>;

async function countBad(
  { database, organizations }: Deps,
  name: string,
  statement: (organizationId: string) => Statement,
) {
  let seen = 0;
  let bad = 0;
  for (const id of await organizations()) {
    const rows = (await database.read(systemReach(id), statement(id))) as { seen: number; bad: number }[];
    seen += rows[0]!.seen;
    bad += rows[0]!.bad;
  }
  return { ok: bad === 0, evidence: { seen, [name]: bad } };
}

/** A new host name loses every passkey (WebAuthn §5.1.2). */
async function countForeignKeys({ database, organizations, origin }: Deps) {
  const here = origin() === '' ? null : new URL(origin()).hostname;
  const evidence = { keys: 0, ofOtherHost: 0 };
  const hosts = new Set<string>();
  for (const id of await organizations()) {
    const rows = await database.read(
      systemReach(id),
      (tx) => tx<{ host: string; keys: number }[]>`
        SELECT host, count(*)::int AS keys FROM passkeys WHERE organization_id = ${id} GROUP BY host`,
    );
    for (const { host, keys } of rows) {
      evidence.keys += keys;
      if (host === '') continue;
      hosts.add(host);
      if (here !== null && host !== here) evidence.ofOtherHost += keys;
    }
  }
  return { ok: evidence.ofOtherHost === 0 && (here !== null || hosts.size <= 1), evidence };
}

class Undo extends Error {}

const undoIfUsed = (error: unknown) => {
  throw hasCode(error, 'sign-in.code_already_used') ? new Undo() : error;
};

/** Spends the code of this moment twice, by the very statement that sign-in uses, in a transaction that is always rolled back. */
async function spendTwice({ database, keyring, clock, organizations }: Deps) {
  let tried = 0;
  let acceptedTwice = 0;
  for (const id of await organizations()) {
    const seals = await keyring.of(id);
    await database
      .act(systemReach(id), async (tx) => {
        const current = await findCurrentCode(tx, seals, clock.now());
        if (current === undefined) throw new Undo();
        tried += 1;
        const apps = await readApps(tx, { organizationId: id, personId: current.personId });
        const found = findStep(seals, apps, current);
        if (found === undefined) throw new Undo();
        // One that was used before this check is refused the first time already.
        await takeStep(tx, id, found)
          .then(() => takeStep(tx, id, found))
          .catch(undoIfUsed);
        acceptedTwice += 1;
        throw new Undo();
      })
      .catch((error: unknown) => {
        if (!(error instanceof Undo)) throw error;
      });
  }
  return { ok: acceptedTwice === 0, evidence: { tried, acceptedTwice } };
}
