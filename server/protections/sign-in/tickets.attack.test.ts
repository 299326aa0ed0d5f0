import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { hasCode, newId, Secret } from '#kernel';
import { rootKeyFrom } from '#protections/encryption';
import { testClock } from '#test/cast.ts';
import { openTickets, ticketMinutes } from './tickets.ts';

const clock = testClock();
const tickets = openTickets(rootKeyFrom(new Secret(randomBytes(32))), clock);
const body = () => ({ organizationId: newId(), personId: newId(), passwordChangedAt: 1 });
const isRefused = (error: unknown) => hasCode(error, 'sign-in.ticket_expired');

test('a ticket brings back what it was given, and shows none of it', () => {
  const said = body();
  const { ticket } = tickets.make('second-step', said);
  assert.deepEqual(tickets.open('second-step', ticket), said);
  assert.ok(!Buffer.from(ticket, 'base64url').includes(said.personId));
});

test('a ticket is good until its end and not after', () => {
  const { ticket, expiresAt } = tickets.make('second-step', body());
  assert.equal(Date.parse(expiresAt) - clock.now().getTime(), ticketMinutes['second-step'] * 60_000);
  clock.move(ticketMinutes['second-step'] * 60_000 - 1);
  tickets.open('second-step', ticket);
  clock.move(1);
  assert.throws(() => tickets.open('second-step', ticket), isRefused);
});

test('a ticket for one thing does not open another', () => {
  const { ticket } = tickets.make('enrolment', { door: 'x', secret: 'JBSWY3DPEHPK3PXP' });
  assert.throws(() => tickets.open('second-step', ticket), isRefused);
});

test('the thief changes, cuts or makes up a ticket in vain', () => {
  const { ticket } = tickets.make('second-step', body());
  const bytes = Buffer.from(ticket, 'base64url');
  for (let at = 0; at < bytes.length; at += 1) {
    const changed = Buffer.from(bytes);
    changed[at]! ^= 1;
    assert.throws(() => tickets.open('second-step', changed.toString('base64url')), isRefused, `byte ${at}`);
  }
  for (const text of ['', 'x', ticket.slice(0, -4), `${ticket}AAAA`, randomBytes(200).toString('base64url'), '💥']) {
    assert.throws(() => tickets.open('second-step', text), isRefused);
  }
});

test('a ticket of another installation says nothing here', () => {
  const other = openTickets(rootKeyFrom(new Secret(randomBytes(32))), clock);
  assert.throws(() => tickets.open('second-step', other.make('second-step', body()).ticket), isRefused);
});
