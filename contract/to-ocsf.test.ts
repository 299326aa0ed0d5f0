/** Every event of the log speaks OCSF: facts of its schema, version 1.4.0, are written down here by hand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EntryBody } from './entry-body.ts';
import { ocsfActivityOf, ocsfClasses } from './event-classes.ts';
import { auditLevels, eventLevels } from './events.ts';
import { permissions } from './permissions.ts';
import { toOcsf } from './to-ocsf.ts';

/** Class → its category, its activities (99 is “other” in each), and what it requires beyond the base event. */
const schema: Record<number, { category: number; activities: number[]; required: string[] }> = {
  3001: { category: 3, activities: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], required: ['user'] },
  3002: { category: 3, activities: [1, 2, 3, 4, 5, 6], required: ['user', 'service'] },
  3004: { category: 3, activities: [1, 2, 3, 4], required: ['entity'] },
  6001: { category: 6, activities: [1, 2, 3, 4, 5, 6, 7, 8], required: ['web_resources'] },
  6002: { category: 6, activities: [1, 2, 3, 4, 5, 6, 7, 8], required: ['app'] },
  6003: { category: 6, activities: [1, 2, 3, 4], required: ['actor', 'api', 'src_endpoint'] },
  6008: { category: 6, activities: [1, 2], required: [] },
};
const requiredAlways = ['activity_id', 'category_uid', 'class_uid', 'metadata', 'severity_id', 'time', 'type_uid'];
/** Objects of which at least one attribute of a set must be there. */
const oneOfEach: Record<string, string[]> = {
  user: ['account', 'name', 'uid'],
  actor: ['process', 'user', 'invoked_by', 'session', 'app_name', 'app_uid'],
  src_endpoint: [
    'ip',
    'uid',
    'name',
    'hostname',
    'svc_name',
    'instance_uid',
    'interface_uid',
    'interface_name',
    'domain',
  ],
  service: ['name', 'uid'],
  entity: ['name', 'uid'],
  app: ['name', 'uid'],
};

const names = [...Object.keys(eventLevels), ...permissions.map((permission) => `${permission}.denied`)];
const person = '018f0000-0000-7000-8000-000000000001';

function entryOf(event: string, given: Partial<EntryBody> = {}): EntryBody {
  return {
    v: 1,
    id: '018f0000-0000-7000-8000-00000000000a',
    at: '2026-11-26T20:15:00.123Z',
    organization: '018f0000-0000-7000-8000-00000000000b',
    level: eventLevels[event as keyof typeof eventLevels] ?? 'security',
    event,
    outcome: 'done',
    reason: null,
    actor: { id: person, role: 'manager', name: 'c2VhbGVkIG5hbWU=' },
    address: '203.0.113.7',
    device: 'Firefox, Linux',
    session: '018f0000-0000-7000-8000-00000000000c',
    request: '018f0000-0000-7000-8000-00000000000d',
    subject: { kind: null, ids: [], count: 0 },
    facts: {},
    changes: null,
    ...given,
  };
}

test('every event has a level and a class and an activity that OCSF knows; nothing else has', () => {
  assert.ok(names.length > 150);
  for (const name of names) {
    const what = ocsfActivityOf(name);
    assert.ok(what !== undefined, name);
    const { activities } = schema[ocsfClasses[what.class]]!;
    assert.ok([...activities, 99].includes(what.activity), `${name}: ${what.class} has no activity ${what.activity}`);
    assert.ok(what.severity >= 1 && what.severity <= 5, name);
  }
  assert.equal(ocsfActivityOf('contact.eaten'), undefined);
  assert.equal(ocsfActivityOf('toString'), undefined);
  assert.deepEqual([...new Set(Object.values(eventLevels))].toSorted(), [...auditLevels].toSorted());
  assert.deepEqual(Object.values(ocsfClasses).map(String).toSorted(), Object.keys(schema));
});

test('every entry, done or refused, of a person, a program, nobody or the system, has what its class requires', () => {
  const nobody = { actor: { id: null, role: null, name: null }, session: null };
  const system = { ...nobody, address: null, device: null, request: null };
  const circumstances: Partial<EntryBody>[] = [
    {},
    { outcome: 'refused', reason: 'access.denied', subject: { kind: 'contact', ids: [person], count: 1 } },
    { ...nobody, outcome: 'refused', reason: 'session.missing' },
    { ...nobody, device: null },
    { key: '018f0000-0000-7000-8000-00000000000e', session: null },
    system,
  ];
  for (const event of names) {
    for (const given of circumstances) {
      const made = toOcsf(entryOf(event, given), { version: '0.1.0' });
      const facts = schema[made.class_uid]!;
      for (const name of [...requiredAlways, ...facts.required]) assert.ok(name in made, `${event}: no ${name}`);
      assert.equal(made.category_uid, facts.category, event);
      assert.equal(made.type_uid, made.class_uid * 100 + made.activity_id, event);
      assert.equal(made.activity_id === 99, typeof made.activity_name === 'string', event);
      assert.equal(made.status_id, given.outcome === 'refused' ? 2 : 1);
      if (given.outcome === 'refused') assert.ok(made.severity_id >= 2, event);
      for (const [name, parts] of Object.entries(oneOfEach)) {
        const object = made[name] as Record<string, unknown> | undefined;
        if (object !== undefined)
          assert.ok(
            parts.some((part) => part in object),
            `${event}: ${name} is nobody`,
          );
      }
      for (const resource of (made['web_resources'] ?? []) as object[])
        assert.ok('uid' in resource || 'name' in resource);
      assert.deepEqual(made.metadata['product'], { name: 'Lubart', vendor_name: 'Lubart', version: '0.1.0' });
      assert.equal(made.metadata['version'], '1.4.0');
    }
  }
});

test('one entry, whole: who, from where, what, of whom, why not', () => {
  const made = toOcsf(
    entryOf('contact.export.denied', {
      outcome: 'refused',
      reason: 'access.denied',
      facts: { permission: 'contact.export' },
      changes: 'c2VhbGVk',
    }),
  );
  assert.deepEqual(made, {
    class_uid: 6001,
    category_uid: 6,
    activity_id: 7,
    type_uid: 600107,
    severity_id: 4,
    status_id: 2,
    status: 'Failure',
    status_code: 'access.denied',
    status_detail: 'access.denied',
    time: Date.UTC(2026, 10, 26, 20, 15, 0, 123),
    message: 'contact.export.denied',
    metadata: {
      version: '1.4.0',
      product: { name: 'Lubart', vendor_name: 'Lubart' },
      uid: '018f0000-0000-7000-8000-00000000000a',
      event_code: 'contact.export.denied',
      log_name: 'audit',
      tenant_uid: '018f0000-0000-7000-8000-00000000000b',
      correlation_uid: '018f0000-0000-7000-8000-00000000000d',
    },
    actor: { user: { uid: person, type_id: 1 }, session: { uid: '018f0000-0000-7000-8000-00000000000c' } },
    src_endpoint: { ip: '203.0.113.7' },
    device: { type_id: 8, name: 'Firefox, Linux' },
    web_resources: [{ type: 'contact', name: 'contact' }],
    unmapped: { level: 'security', subject: { kind: null, count: 0 }, facts: { permission: 'contact.export' } },
  });
});

test('what is sealed stays out', () => {
  for (const event of names) {
    const text = JSON.stringify(toOcsf(entryOf(event, { changes: 'c2VhbGVk' })));
    assert.doesNotMatch(text, /c2VhbGVk/, event);
  }
});

test('an entry that stands for many says how many, and from when till when', () => {
  const first = '2026-11-26T20:14:00.000Z';
  const last = '2026-11-26T20:14:59.000Z';
  const made = toOcsf(
    entryOf('session.denied', { outcome: 'refused', facts: { times: 412, firstAt: first, lastAt: last } }),
  );
  assert.deepEqual([made.count, made.start_time, made.end_time], [412, Date.parse(first), Date.parse(last)]);
});

test('an entry of a later version, whose event is not known here, still goes out', () => {
  const made = toOcsf(entryOf('moon.landed'));
  assert.deepEqual([made.class_uid, made.activity_id, made.activity_name], [6003, 99, 'moon.landed']);
});
