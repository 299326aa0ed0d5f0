/** A frame as the tests of this room open it: the people of the cast, a few routes of its own, and everything it writes to its log. */
import { Readable } from 'node:stream';
import Type from 'typebox';
import type { RouteTable } from '#contract';
import { factorRoutes, peopleRoutes, securityRoutes } from '#contract';
import { LubartError } from '#kernel';
import type { CastMember, World } from '#test/cast.ts';
import { origin } from '#test/cast.ts';
import type { Handlers } from './answer.ts';
import type { Frame, FrameOptions } from './frame.ts';
import { openFrame } from './frame.ts';
import { serveHealth } from './health.ts';
import { openMetrics } from './metrics.ts';
import { describeRoutes, serveReference } from './reference.ts';
import { openReadNotes } from './note-reads.ts';
import { openRefusals } from './refusals.ts';

export const secret = 'Коваленко Олена +380500000012';

const probes = {
  'GET /api/v1/probes/failure': { permission: 'anyone', summary: 'Fails in an unforeseen way' },
  'GET /api/v1/probes/database': { permission: 'anyone', summary: 'Fails with what the database says' },
  'POST /api/v1/probes/body': {
    permission: 'anyone',
    summary: 'Takes a body',
    body: Type.Object(
      { text: Type.String({ maxLength: 10 }), when: Type.Optional(Type.String({ format: 'date-time' })) },
      { additionalProperties: false },
    ),
    response: Type.Object({ text: Type.String() }),
  },
  'GET /api/v1/probes/query': {
    permission: 'anyone',
    summary: 'Takes a query',
    query: Type.Object(
      { count: Type.Optional(Type.Integer({ maximum: 5 })), on: Type.Optional(Type.Boolean()) },
      { additionalProperties: false },
    ),
    response: Type.Object({ query: Type.Unknown() }),
  },
  'GET /api/v1/probes/file': { permission: 'anyone', summary: 'Sends a file', stream: 'response' },
  'PUT /api/v1/probes/upload': {
    permission: 'anyone',
    summary: 'Takes bytes',
    stream: 'request',
    response: Type.Object({ bytes: Type.Integer() }),
  },
  'PUT /api/v1/probes/broken-off': {
    permission: 'anyone',
    summary: 'Fails in the middle of the bytes',
    stream: 'request',
  },
  'GET /api/v1/probes/contacts': { permission: 'contact.export', summary: 'For who may export' },
  'GET /api/v1/probes/contacts/:id': {
    permission: 'contact.read',
    summary: 'Of nobody',
    params: Type.Object({ id: Type.String() }),
  },
} as const satisfies RouteTable;

const handlers: Handlers<typeof probes> = {
  'GET /api/v1/probes/failure': () => Promise.reject(new Error(secret)),
  'GET /api/v1/probes/database': () =>
    Promise.reject(Object.assign(new Error(`invalid input: "${secret}"`), { code: '22P02' })),
  'POST /api/v1/probes/body': async ({ body }) => ({ text: body.text, more: secret }),
  'GET /api/v1/probes/query': async ({ query }) => ({ query }),
  'GET /api/v1/probes/file': async () => ({
    fileName: 'Клієнти "2".csv\r\nX-Evil: 1',
    contentType: 'text/csv; charset=utf-8',
    bytes: Readable.from([Buffer.from('a;b')]),
  }),
  'PUT /api/v1/probes/upload': async ({ stream }) => {
    let bytes = 0;
    for await (const part of stream) bytes += (part as Buffer).length;
    return { bytes };
  },
  'PUT /api/v1/probes/broken-off': async ({ stream }) => {
    for await (const _ of stream) throw new LubartError('start.disk_full');
  },
  'GET /api/v1/probes/contacts': async () => undefined,
  'GET /api/v1/probes/contacts/:id': () => Promise.reject(new LubartError('contact.not_found')),
};

export type Probe = { frame: Frame; logged: { facts: object; text: string }[]; cookieOf(person: CastMember): string };

export async function openProbe(world: World, changed: Partial<FrameOptions> = {}): Promise<Probe> {
  const logged: Probe['logged'] = [];
  const note = (facts: object, text: string) => void logged.push({ facts, text });
  const metrics = openMetrics();
  const frame = await openFrame({
    origins: [origin],
    proxies: [],
    tls: null,
    language: 'uk',
    log: { info: note, warn: note, error: note },
    metrics,
    clock: world.clock,
    reads: openReadNotes(world.auditLog),
    refusals: openRefusals(world.auditLog, async () => world.organizationId),
    actorOf: (token, visitor) => world.signIn.actorOf(token, visitor),
    actorOfKey: (key, visitor) => world.signIn.actorOfKey(key, visitor),
    ...changed,
  });
  await describeRoutes(frame.app, '0.0.0');
  frame.serve(peopleRoutes, world.signIn.handlers);
  frame.serve(factorRoutes, world.signIn.handlers);
  frame.serve(securityRoutes, world.signIn.handlers);
  frame.serve(probes, handlers);
  let ready = true;
  serveHealth(frame.app, metrics, async () => ready || Promise.reject(new Error('database is away')));
  frame.app.decorate('setReady', (value: boolean) => {
    ready = value;
  });
  serveReference(frame.app);
  return { frame, logged, cookieOf: (person) => `lubart=${person.token}` };
}
