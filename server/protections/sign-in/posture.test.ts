/** Each check passes in a healthy installation and fails in the one where its promise is broken. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { runPosture } from '#protections/posture';
import { newId } from '#kernel';
import type { World } from '#test/cast.ts';
import { callAs, openWorld } from '#test/cast.ts';

let world: World;
before(async () => {
  world = await openWorld();
  const { owner, colleague } = world.cast;
  await callAs(world.signIn, 'PUT /api/v1/departments/:id/heads', owner, {
    params: { id: world.departments.service },
    body: { personIds: [colleague.personId] },
  });
});
after(() => world.close());

const failing = async () => (await runPosture(world.signIn.posture)).filter(({ ok }) => !ok).map(({ id }) => id);

test('a healthy installation keeps every promise, and every check has seen something', async () => {
  const results = await runPosture(world.signIn.posture);
  assert.ok(results.length >= 9);
  assert.deepEqual(await failing(), []);
  for (const { id, evidence } of results) {
    const seen = evidence['seen'] ?? evidence['tried'] ?? evidence['tables'] ?? evidence['organizations'] ?? 1;
    assert.ok(Number(seen) > 0, id);
  }
});

test('a broken promise is noticed', async () => {
  const { admin } = world.test;
  const { former, auditor, colleague, owner } = world.cast;
  const breakAndMend = async (
    ids: string | string[],
    broken: () => Promise<unknown>,
    mended: () => Promise<unknown>,
  ) => {
    await broken();
    assert.deepEqual(await failing(), [ids].flat());
    await mended();
    assert.deepEqual(await failing(), []);
  };
  await breakAndMend(
    // Two rooms see it, each for itself.
    ['sign-in.closed_to_dismissed', 'access.nobody_left_active'],
    () => admin`UPDATE sessions SET ended_at = NULL WHERE person_id = ${former.personId}`,
    () => admin`UPDATE sessions SET ended_at = now() WHERE person_id = ${former.personId}`,
  );
  await breakAndMend(
    'access.departments_led',
    () => admin`DELETE FROM department_heads WHERE person_id = ${colleague.personId}`,
    () => admin`INSERT INTO department_heads (organization_id, department_id, person_id, named_by, named_at)
      VALUES (${world.organizationId}, ${world.departments.service}, ${colleague.personId}, ${owner.personId}, now())`,
  );
  await admin`INSERT INTO devices
      (organization_id, id, person_id, secret_hash, sealed, address, approved_at, last_used_at, revoked_at)
    VALUES (${world.organizationId}, ${newId()}, ${colleague.personId}, ${Buffer.alloc(32)}, ${Buffer.alloc(1)}, '192.0.2.1',
      now(), now(), now())`;
  await breakAndMend(
    'sign-in.browsers_approved',
    () => admin`UPDATE sessions SET device_id = (SELECT id FROM devices) WHERE person_id = ${colleague.personId}`,
    () => admin`UPDATE sessions SET device_id = NULL WHERE person_id = ${colleague.personId}`,
  );
  const key = newId();
  await breakAndMend(
    'sign-in.keys_of_this_host',
    () => admin`
      INSERT INTO passkeys (organization_id, id, person_id, credential_hash, credential_id, public_key, sign_counter, transports,
        device_bound, backed_up, aaguid, sealed, host, created_at)
      VALUES (${world.organizationId}, ${key}, ${owner.personId}, ${Buffer.alloc(32, 1)}, ${Buffer.alloc(16, 1)}, ${Buffer.alloc(32)}, 0,
        ARRAY[]::text[], true, false, '00000000-0000-0000-0000-000000000000', ${Buffer.alloc(40)}, 'stara.vezha.example', now())`,
    () => admin`DELETE FROM passkeys WHERE id = ${key}`,
  );
  await breakAndMend(
    'sign-in.passwords_argon2id',
    () => admin`UPDATE passwords SET hash = replace(hash, 'm=32768', 'm=8192') WHERE person_id = ${auditor.personId}`,
    () => admin`UPDATE passwords SET hash = replace(hash, 'm=8192', 'm=32768') WHERE person_id = ${auditor.personId}`,
  );
  await breakAndMend(
    'access.owner_exists',
    () =>
      admin`UPDATE person_roles h SET role_id = r.id FROM roles r WHERE r.organization_id = h.organization_id AND r.key = 'auditor' AND h.person_id = ${world.cast.outsider.personId}`,
    () =>
      admin`UPDATE person_roles h SET role_id = r.id FROM roles r WHERE r.organization_id = h.organization_id AND r.key = 'owner' AND h.person_id = ${world.cast.outsider.personId}`,
  );
  await breakAndMend(
    'sign-in.sso_gives_no_owner',
    () => admin`
      INSERT INTO sso_providers (organization_id, id, name, issuer, client_id, sealed, domains, email_trusted, mfa_acr,
        created_at, joins_since, joins_by, join_department_id, join_role_ids)
      SELECT p.organization_id, gen_random_uuid(), 'x', 'https://x.example', 'x', '', '{x.example}', false, '{}', now(),
        now(), p.id, p.department_id, ARRAY[r.id] FROM people p
        JOIN roles r ON r.organization_id = p.organization_id AND r.key = 'owner' WHERE p.id = ${auditor.personId}`,
    () => admin`DELETE FROM sso_providers`,
  );
  await breakAndMend(
    'access.rows_secured',
    () => admin`ALTER TABLE passwords NO FORCE ROW LEVEL SECURITY`,
    () => admin`ALTER TABLE passwords FORCE ROW LEVEL SECURITY`,
  );
  await admin`DELETE FROM authenticators WHERE person_id = ${auditor.personId}`;
  assert.deepEqual(await failing(), ['sign-in.second_factor', 'sign-in.factors_demanded']);
});
