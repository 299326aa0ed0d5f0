/** Lines as if of a log, for tests. */
import { toOcsf } from '#contract';
import type { Line } from './write-lines.ts';

export function ofEntryForTests(index: number, note: string): Line {
  const event = toOcsf({
    v: 1,
    id: '018f0000-0000-7000-8000-00000000000a',
    at: '2026-11-26T20:15:00.123Z',
    organization: '018f0000-0000-7000-8000-00000000000b',
    level: 'data',
    event: 'contact.opened',
    outcome: 'done',
    reason: null,
    actor: { id: '018f0000-0000-7000-8000-000000000001', role: 'manager', name: null },
    address: '203.0.113.7',
    device: 'Firefox, Linux',
    session: null,
    request: null,
    subject: { kind: 'contact', ids: [], count: 0 },
    facts: { note },
    changes: null,
  });
  const log = { index, leaf: 'a'.repeat(64), previous: 'b'.repeat(64) };
  const placed = {
    ...event,
    metadata: { ...event.metadata, sequence: index },
    unmapped: { ...event.unmapped, log },
  };
  return { index, about: 'whole', event: placed, text: JSON.stringify(placed) };
}
