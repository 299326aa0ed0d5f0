/**
 * The frame every request passes: known host → not cross-site → session or API key → no wall → permission → fresh proof → shape → handler →
 * answer. Routes come
 * from the contract’s tables; a refusal anywhere answers in one form and leaves its own audit entry.
 */
import cookie from '@fastify/cookie';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import fastify from 'fastify';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import type { TlsOptions } from 'node:tls';
import type { Language, Route, Routes, RouteTable } from '#contract';
import type { Clock } from '#kernel';
import { isId, LubartError, newId } from '#kernel';
import type { Actor } from '#protections/access';
import { GateRefusal, reachOf } from '#protections/access';
import type { Answer, Call, FileAnswer, Handlers, RedirectAnswer } from './answer.ts';
import type { TSchema } from 'typebox';
import { keyOf, requireOpenToKeys } from './by-key.ts';
import { shapeChecker } from './check-shape.ts';
import { isCrossSite, isKnownHost } from './cross-site.ts';
import type { Metrics } from './metrics.ts';
import { codedError, problemBody, statusOf } from './problems.ts';
import type { ReadNotes } from './note-reads.ts';
import type { Refusals } from './refusals.ts';
import { setSecurityHeaders } from './security-headers.ts';
import { requireFreshProof } from './require-fresh-proof.ts';
import { browserOf, newBrowser, setBrowser } from './browser-cookie.ts';
import { reachOfRoute } from './reach-of-route.ts';
import { requireNoWall } from './require-no-wall.ts';
import type { Visitor } from './visitor.ts';
import { visitorOf } from './visitor.ts';
import { answerWriter } from './write-answer.ts';

export type Logger = {
  info(facts: object, text: string): void;
  warn(facts: object, text: string): void;
  error(facts: object, text: string): void;
};

export type FrameOptions = {
  /** Origins people use (`https://crm.firm.example`); loopback names are always known. */
  origins: readonly string[];
  /** Address ranges of declared proxies. */
  proxies: readonly string[];
  tls: TlsOptions | null;
  language: Language;
  log: Logger;
  metrics: Metrics;
  refusals: Refusals;
  reads: ReadNotes;
  clock: Clock;
  /** The actor of a session token. @throws session.missing, session.expired */
  actorOf(token: string, visitor: Visitor): Promise<Actor>;
  /** The actor of an API key. @throws api-key.refused, api-key.too_many */
  actorOfKey(key: string, visitor: Visitor): Promise<Actor>;
};

export type Frame = {
  readonly app: FastifyInstance;
  /** Adds a table of routes with its handlers. */
  serve<T extends RouteTable>(table: T, handlers: Handlers<T>): void;
};

const bodyBytesMax = 1_048_576;
const uploadMillisMax = 30 * 60_000;
/** Milliseconds for which the rest of a refused upload may hold its connection; a stop would wait for it. */
const unreadMillisMax = 2_000;
/** Milliseconds for which a stop waits for what is under way. Attack: headers that are never sent to their end. */
const underWayMillisMax = 10_000;

declare module 'fastify' {
  interface FastifyRequest {
    visitor: Visitor;
    actor: Actor | null;
  }
  interface FastifyContextConfig {
    route?: Route;
    routeKey?: string;
  }
}

export async function openFrame(options: FrameOptions): Promise<Frame> {
  const app = fastify({
    ...(options.tls === null ? {} : overTls(options.tls)),
    logger: false,
    genReqId: () => newId(),
    requestIdHeader: false,
    trustProxy: options.proxies.length === 0 ? false : [...options.proxies],
    bodyLimit: bodyBytesMax,
    frameworkErrors: (_error, request, reply) => refuseAddress(options, request, reply as unknown as FastifyReply),
    routerOptions: { maxParamLength: 200, ignoreTrailingSlash: false },
    // A whole upload of a big file over a slow line; headers alone have a minute (the default of node:http).
    requestTimeout: uploadMillisMax,
    connectionTimeout: 0,
    keepAliveTimeout: 72_000,
    forceCloseConnections: 'idle',
  }) as unknown as FastifyInstance;
  if (options.tls !== null) Object.assign(app.server, { requestTimeout: uploadMillisMax, keepAliveTimeout: 72_000 });
  app.setValidatorCompiler(shapeChecker as never);
  app.setSerializerCompiler(({ schema }) => answerWriter(schema as TSchema));
  app.decorateRequest('visitor', null as never);
  app.decorateRequest('actor', null);
  await app.register(cookie);
  app.addContentTypeParser('application/octet-stream', (_request, stream, done) => done(null, stream));

  const secure = (request: FastifyRequest) => options.tls !== null || request.protocol === 'https';
  app.addHook('onRequest', async (request, reply) => {
    request.visitor = { ...visitorOf(request, options.language), browser: browserOf(request, secure(request)) };
    reply.header('x-request-id', request.id);
    setSecurityHeaders(reply, secure(request));
    // Programs of others send text without saying so; shapes judge it all the same.
    if (request.routeOptions.config.route?.takes === 'text') request.headers['content-type'] = 'text/plain';
    if (request.url.startsWith('/api/')) reply.header('cache-control', 'no-store');
    if (!isKnownHost(request, options.origins)) throw new LubartError('request.cross_site', { field: 'host' });
    const key = keyOf(request);
    if (key === null && isCrossSite(request, options.origins))
      throw new LubartError('request.cross_site', { field: 'origin' });
    if (key === null) await admitActor(options, request, reply);
    else await admitKey(options, request, key);
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    options.metrics.countRequest(route, request.method, reply.statusCode, reply.elapsedTime / 1000);
    if (reply.statusCode < 500 && !request.url.startsWith('/api/')) return;
    const facts = {
      requestId: request.id,
      method: request.method,
      route,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
    };
    options.log.info({ ...facts, personId: request.actor?.personId ?? null }, 'answered');
  });
  boundStop(app);
  app.setErrorHandler(async (thrown, request, reply) => refuse(options, thrown, request, reply));
  app.setNotFoundHandler(async () => {
    throw new LubartError('request.not_found');
  });
  return {
    app,
    serve: (table, handlers) => {
      for (const [key, route] of Object.entries(table) as [string, Route][]) {
        addRoute(app, key, route, handlers[key as keyof typeof handlers], { secure, reads: options.reads });
      }
    },
  };
}

/**
 * HTTP/2 (RFC 9113) for whom it is known, HTTP/1.1 for the rest. Attack: streams opened and reset by the thousand, headers without
 * end (CVE-2023-44487, CVE-2024-27983) – both are bounded per connection.
 */
const overTls = (tls: TlsOptions): object => ({
  http2: true,
  https: {
    ...tls,
    allowHTTP1: true,
    settings: { maxConcurrentStreams: 100, maxHeaderListSize: 32_768 },
    streamResetBurst: 200,
    streamResetRate: 20,
  },
});

const cookieName = (secure: boolean) => (secure ? '__Host-lubart' : 'lubart');
const flowCookieName = (secure: boolean) => `${cookieName(secure)}-sso`;
/** As long as its ticket lives. */
const flowSecondsMax = 600;

/** Session first, then permission: an answer about shapes is already an answer, and is for those who may ask. */
async function admitActor(options: FrameOptions, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const route = request.routeOptions.config.route;
  if (route === undefined) return;
  const secure = options.tls !== null || request.protocol === 'https';
  const token = request.cookies[cookieName(secure)];
  if (token !== undefined && token !== '') {
    try {
      request.actor = await options.actorOf(token, request.visitor);
      request.visitor = { ...request.visitor, language: request.actor.language };
    } catch (error) {
      if (route.permission !== 'anyone') throw error;
      if (error instanceof GateRefusal) return; // the session stands; it is only not for here and now
      reply.clearCookie(cookieName(secure), { path: '/', secure, httpOnly: true, sameSite: 'lax' });
    }
  }
  if (route.permission === 'anyone') return;
  if (request.actor === null) throw new LubartError('session.missing');
  requireNoWall(request.routeOptions.config.routeKey ?? '', request.actor);
  if (route.permission !== 'signed-in') reachOf(request.actor, route.permission);
  requireFreshProof(request.routeOptions.config.routeKey ?? '', request.actor, options.clock.now());
}

/** A program: the key first, then whether the route is open to keys at all, then the permission. */
async function admitKey(options: FrameOptions, request: FastifyRequest, key: string): Promise<void> {
  const { route, routeKey } = request.routeOptions.config;
  if (route === undefined) return;
  request.actor = await options.actorOfKey(key, request.visitor);
  request.visitor = { ...request.visitor, language: request.actor.language };
  requireOpenToKeys(routeKey ?? '');
  if (route.permission !== 'anyone' && route.permission !== 'signed-in') reachOf(request.actor, route.permission);
}

type AnyHandler = (call: Call<Route>) => Promise<Answer<Route>>;

function addRoute(
  app: FastifyInstance,
  key: string,
  route: Route,
  handler: AnyHandler,
  { secure, reads }: { secure: (request: FastifyRequest) => boolean; reads: ReadNotes },
): void {
  const [method, url] = key.split(' ') as [string, string];
  app.route({
    method,
    url,
    config: { route, routeKey: key },
    schema: {
      summary: route.summary,
      ...(route.params === undefined ? {} : { params: route.params }),
      ...(route.query === undefined ? {} : { querystring: route.query }),
      ...(route.body === undefined ? {} : { body: route.body }),
      ...(route.response === undefined ? {} : { response: { 200: route.response } }),
    },
    handler: async (request, reply) => {
      const comesIn =
        route.permission === 'anyone' &&
        method === 'POST' &&
        route.takes === undefined &&
        request.visitor.browser === null;
      if (comesIn) request.visitor = { ...request.visitor, browser: newBrowser() };
      const answer = await handler(callOf(route, request, reply, secure(request)));
      const { id } = request.params as { id?: unknown };
      await reads.note(key, request.actor, isId(id) ? id : null);
      if (comesIn) setBrowser(reply, request.visitor.browser!, secure(request));
      if (route.redirects) return reply.redirect((answer as unknown as RedirectAnswer).location, 303);
      return route.stream === 'response' ? sendFile(reply, answer as unknown as FileAnswer) : answer;
    },
  });
}

function callOf(route: Route, request: FastifyRequest, reply: FastifyReply, secure: boolean): Call<Route> {
  const { actor } = request;
  return {
    params: request.params as never,
    query: request.query as never,
    body: request.body as never,
    actor: actor as Actor,
    get reach() {
      return reachOfRoute(actor, route.permission);
    },
    visitor: request.visitor,
    get stream() {
      if (request.body instanceof Readable) return request.body;
      throw new LubartError('request.invalid', { field: 'body', details: { reason: 'application/octet-stream' } });
    },
    flow: request.cookies[flowCookieName(secure)] ?? null,
    setFlow: (sealed) => {
      const options = { path: '/', secure, httpOnly: true, sameSite: 'lax', maxAge: flowSecondsMax } as const;
      if (sealed === null) reply.clearCookie(flowCookieName(secure), { ...options, maxAge: 0 });
      else reply.setCookie(flowCookieName(secure), sealed, options);
    },
    setSession: (token) => {
      const options = { path: '/', secure, httpOnly: true, sameSite: 'lax' } as const;
      if (token === null) reply.clearCookie(cookieName(secure), options);
      else reply.setCookie(cookieName(secure), token, options);
    },
  };
}

function sendFile(reply: FastifyReply, file: FileAnswer): FastifyReply {
  const name = encodeURIComponent(file.fileName);
  // `private`: whoever comes after through the same proxy has to show a right of their own (RFC 9111 §5.2.2.7).
  if (file.cache === 'for ever') reply.header('cache-control', 'private, max-age=31536000, immutable');
  return reply
    .code(file.status ?? 200)
    .header('content-type', file.contentType)
    .header('content-disposition', `attachment; filename*=UTF-8''${name}`)
    .send(Readable.from(file.bytes, { objectMode: false }));
}

/** An address that the router cannot read (`/%`, a far too long id) comes before every hook, and still gets our own answer. */
function refuseAddress(options: FrameOptions, request: FastifyRequest, reply: FastifyReply): void {
  const error = new LubartError('request.not_found');
  options.metrics.countRefusal(error.code);
  setSecurityHeaders(reply, options.tls !== null);
  const body = problemBody(error, visitorOf(request, options.language).language, request.id);
  reply
    .code(statusOf(error))
    .header('x-request-id', request.id)
    .header('cache-control', 'no-store')
    .type('application/json; charset=utf-8')
    .send(body);
}

/** What our page asks first, before it knows whether anybody is signed in. */
const whoIsThere = 'GET /api/v1/session' satisfies keyof Routes;

/** “Nobody” is an answer to a browser that brings nothing, and no attempt. Whatever it brings – a cookie, a header – is one. */
function isFirstLook(request: FastifyRequest, { code }: LubartError): boolean {
  if (code !== 'session.missing' || request.routeOptions.config.routeKey !== whoIsThere) return false;
  const brought = [cookieName(true), cookieName(false)].some((name) => request.cookies[name] !== undefined);
  return !brought && request.headers.authorization === undefined;
}

async function refuse(
  options: FrameOptions,
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const error = codedError(thrown);
  const visitor = request.visitor ?? visitorOf(request, options.language);
  options.metrics.countRefusal(error.code);
  const route = request.routeOptions.config.route ?? null;
  const id = (request.params as { id?: unknown } | undefined)?.id;
  if (statusOf(error) >= 500) {
    options.log.error({ requestId: request.id, code: error.code, cause: describeCause(error) }, 'failed');
  }
  endUnread(request, reply);
  if (!isFirstLook(request, error)) {
    const actor = request.actor ?? (error instanceof GateRefusal ? error.actor : null);
    await options.refusals
      .note(route, actor, visitor, error, isId(id) ? id : null)
      .catch((failure: unknown) =>
        options.log.error({ requestId: request.id, cause: describeCause(failure) }, 'refusal not recorded'),
      );
  }
  const wait = error.details?.['retryAfterSeconds'];
  if (typeof wait === 'number') reply.header('retry-after', String(wait));
  return reply
    .code(statusOf(error))
    .type('application/json; charset=utf-8')
    .send(problemBody(error, visitor.language, request.id));
}

/** By hand: a server of HTTP/2 knows no way to close all its connections. */
function boundStop(app: FastifyInstance): void {
  const open = new Set<Socket>();
  app.server.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  app.addHook('preClose', async () => {
    setTimeout(() => {
      for (const socket of open) socket.destroy();
    }, underWayMillisMax).unref();
  });
}

/**
 * Attack: a body of which nobody reads the rest. Where reading broke off in the middle, the request of HTTP/1 is destroyed already and has
 * let go of its socket, which only the answer still knows; over HTTP/2 a stream ends by itself, and others of its connection go on.
 */
function endUnread({ raw }: FastifyRequest, reply: FastifyReply): void {
  if (raw.complete) return;
  const held = raw.httpVersionMajor === 2 ? raw : (reply.raw.socket ?? raw);
  setTimeout(() => raw.complete || held.destroy(), unreadMillisMax).unref();
}

/**
 * What the log may know of an unforeseen error: its kind and where it arose, not its message, for a message can quote a value
 * (“invalid input syntax for type date: "…"”).
 */
export function describeCause(error: unknown): object {
  const cause = error instanceof LubartError && error.cause !== undefined ? error.cause : error;
  if (!(cause instanceof Error)) return { kind: typeof cause };
  const frames = (cause.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 6)
    .map((line) => line.trim());
  return { kind: cause.name, code: (cause as { code?: unknown }).code ?? null, at: frames };
}
