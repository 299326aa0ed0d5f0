/** The step of the door by itself: whatever a way in believes to have proved, too little does not pass here. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { FactorRules } from '#contract';
import { defaultRules } from '#contract';
import type { Transaction } from '#database';
import { hasCode, newId } from '#kernel';
import type { ProvenFactor } from '#protections/access';
import { systemReach } from '#protections/encryption';
import type { CastMember, World } from '#test/cast.ts';
import { openWorld } from '#test/cast.ts';
import { readEntrant } from '../entrant.ts';
import { entersBySso, requireFactors } from './require-factors.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world.close());

async function setFactors(given: Partial<FactorRules>): Promise<void> {
  const sections = JSON.stringify({ ...defaultRules, factors: { ...defaultRules.factors, ...given } });
  await world.test.admin`
    INSERT INTO sign_in_rules (organization_id, version, sections, changed_at)
    VALUES (${world.organizationId}, 1, ${sections}::text::jsonb, now())
    ON CONFLICT (organization_id) DO UPDATE SET sections = EXCLUDED.sections`;
}

const inside = <T>(work: (tx: Transaction) => Promise<T>) =>
  world.database.read(systemReach(world.organizationId), work);

/** What the step says of these factors: null when it lets in. */
async function said(person: CastMember, factors: ProvenFactor[]): Promise<string | null> {
  const { organizationId, clock } = world;
  const seals = await world.keyring.of(organizationId);
  const entrant = await inside((tx) => readEntrant(tx, seals, person.personId, null, clock.now()));
  try {
    requireFactors(entrant, { factors }, clock.now());
    return null;
  } catch (error) {
    return hasCode(error) ? error.code : String(error);
  }
}

test('one factor, twice the same, or none that begins a way in is too little, whatever the way', async () => {
  await setFactors({});
  const { manager } = world.cast;
  const little: ProvenFactor[][] = [
    [],
    ['password'],
    ['password', 'password'],
    ['passkey'],
    ['link'],
    ['sso'],
    ['totp', 'recovery'],
  ];
  for (const factors of little) assert.equal(await said(manager, factors), 'sign-in.refused', factors.join(' '));
  const enough: ProvenFactor[][] = [['password', 'totp'], ['passkey-verified'], ['sso', 'totp'], ['sso', 'sso-proved']];
  for (const factors of enough) assert.equal(await said(manager, factors), null, factors.join(' '));
});

test('a code by SMS passes the door only where it is allowed, and never for an owner', async () => {
  const { manager, owner } = world.cast;
  await setFactors({});
  assert.equal(await said(manager, ['password', 'sms']), 'sign-in.refused');
  await setFactors({ sms: { ...defaultRules.factors.sms, allowed: true } });
  assert.equal(await said(manager, ['password', 'sms']), null);
  assert.equal(await said(owner, ['password', 'sms']), 'sign-in.refused');
});

test('what a provider proved opens the door by itself only where nothing stronger is at hand and demanded', async () => {
  const { manager } = world.cast;
  const { organizationId, clock } = world;
  const enters = () =>
    inside((tx) => entersBySso(tx, organizationId, manager.personId, ['sso', 'sso-proved'], clock.now()));
  await setFactors({ roles: [{ role: 'manager', level: 'key', since: null }], graceDays: 0 });
  assert.equal(await enters(), true, 'without a key: as far as the wall');
  await world.test.admin`
    INSERT INTO passkeys (organization_id, id, person_id, credential_hash, credential_id, public_key, sign_counter,
      transports, device_bound, backed_up, aaguid, sealed, created_at)
    VALUES (${organizationId}, ${newId()}, ${manager.personId}, ${Buffer.alloc(32)}, ${Buffer.alloc(16)},
      ${Buffer.alloc(32)}, 0, '{}', true, false, ${newId()}, ${Buffer.alloc(1)}, now())`;
  assert.equal(await enters(), false, 'the key is asked for after the provider');
  assert.equal(await said(manager, ['sso', 'sso-proved']), 'sign-in.factor_too_weak');
});
