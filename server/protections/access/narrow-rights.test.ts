/** Two sets of rights together: never more than either, for whatever roles. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { GrantLevel, Permission } from '#contract';
import { contact, fieldRights, grantLevels, permissions, scopes } from '#contract';
import { narrowRights } from './narrow-rights.ts';
import type { RoleRow } from './role.ts';
import { combineRights, rightsOf } from './role.ts';

const fields = Object.keys(contact.fields);
const table = fc.dictionary(fc.constantFrom(...permissions), fc.constantFrom(...grantLevels));
const closed = fc.dictionary(fc.constantFrom(...fields), fc.constantFrom(...fieldRights));
const role = fc.record({ grants: table, contactFields: closed }).map(({ grants, contactFields }): RoleRow => ({
  id: 'x',
  key: null,
  name: 'x',
  grants: grants as Record<Permission, GrantLevel>,
  fieldRights: { contact: contactFields },
}));
const roles = fc.array(role, { minLength: 1, maxLength: 4 });
const strictness = (right: string | undefined) => ['masked', 'hidden'].indexOf(right ?? '') + 1;

test('what a key may is the smaller scope and the stricter field of both, for whatever roles', () => {
  let narrowed = 0;
  fc.assert(
    fc.property(roles, roles, (ofPerson, ofKey) => {
      const person = combineRights(ofPerson.map(rightsOf));
      const key = combineRights(ofKey.map(rightsOf));
      const both = narrowRights(person, ofKey);
      for (const permission of permissions) {
        const [one, other] = [person.grants, key.grants].map((grants) => scopes.indexOf(grants[permission] ?? 'none'));
        assert.equal(scopes.indexOf(both.grants[permission] ?? 'none'), Math.min(one!, other!), permission);
        if (one !== other) narrowed += 1;
      }
      for (const field of fields) {
        const [one, other] = [person, key].map((rights) => strictness(rights.fieldRights.contact[field]));
        assert.equal(strictness(both.fieldRights.contact[field]), Math.max(one!, other!), field);
      }
    }),
  );
  assert.ok(narrowed > 100, `only ${narrowed} rights differed`);
});
