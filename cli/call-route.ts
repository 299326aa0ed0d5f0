/**
 * Calls what a route does without HTTP: shape, permission, handler, and for a refusal its audit entry, as the frame of the server
 * does it. So the command line can do nothing that the browser of the same person could not.
 */
import type { Readable } from 'node:stream';
import { Value } from 'typebox/value';
import type { TSchema } from 'typebox';
import type { BodyOf, Language, ParamsOf, Permission, QueryOf, Route, RouteKey, Routes } from '#contract';
import { routes } from '#contract';
import type { Answer, Visitor } from '#http';
import { openReadNotes, openRefusals, reachOfRoute } from '#http';
import { isId, LubartError, newId } from '#kernel';
import type { Actor } from '#protections/access';
import { reachOf } from '#protections/access';
import type { Lubart } from '../server/lubart.ts';
import type { DatabaseMode } from './open-rooms.ts';

export type CallParts<R> = { params?: ParamsOf<R>; query?: QueryOf<R>; body?: BodyOf<R>; stream?: Readable };

type Options = { mode: DatabaseMode; language: Language; origin: string };
type AnyHandler = (call: object) => Promise<unknown>;
type AnyParts = { params?: unknown; query?: unknown; body?: unknown; stream?: Readable };

export function openCalls(lubart: Lubart, { mode, language, origin }: Options) {
  const handlers = handlersOf(lubart, mode);
  const refusals = openRefusals(lubart.auditLog, () => lubart.signIn.defaultOrganization());
  const reads = openReadNotes(lubart.auditLog);
  const visitor: Visitor = { address: 'local', device: 'Lubart CLI', requestId: newId(), language };
  const carryOut = async (actor: Actor, key: string, route: Route, parts: AnyParts): Promise<unknown> => {
    // Rights first: an answer about shapes is already an answer, and is for those who may ask.
    const reach = reachOfRoute(actor, route.permission);
    for (const part of ['params', 'query', 'body'] as const) requireShape(part, route[part], parts[part]);
    const call = { params: {}, query: {}, ...parts, actor, reach, visitor, setSession: () => {} };
    const answer = await handlers[key]!(call);
    const { id } = (parts.params ?? {}) as { id?: unknown };
    await reads.note(key, actor, isId(id) ? id : null);
    return withOrigin(answer, origin);
  };
  const noting = async <T>(route: Route, actor: Actor, id: unknown, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (error instanceof LubartError) await refusals.note(route, actor, visitor, error, isId(id) ? id : null);
      throw error;
    }
  };
  return {
    requireRight: (actor: Actor, permission: Permission): Promise<void> =>
      noting({ permission, summary: '' }, actor, null, async () => void reachOf(actor, permission)),
    actor: async (person: string, organizationId?: string): Promise<Actor> => {
      const { email, within } = await meant(lubart, person, organizationId);
      return lubart.signIn.actorByEmail(email, within, visitor);
    },
    call: <Key extends RouteKey & keyof Routes>(actor: Actor, key: Key, parts: CallParts<Routes[Key]> = {}) => {
      const route: Route = routes[key];
      const given = parts as AnyParts;
      const id = (given.params as { id?: unknown } | undefined)?.id;
      return noting(route, actor, id, async () => (await carryOut(actor, key, route, given)) as Answer<Routes[Key]>);
    },
  };
}

/** Where nobody else works on this database the import runs here, at once; see watch-import.ts. */
function handlersOf(lubart: Lubart, mode: DatabaseMode): Record<string, AnyHandler | undefined> {
  const handlers = mode === 'own' ? lubart.handlers({ ...lubart.imports, ask: async () => {} }) : lubart.handlers();
  return handlers as unknown as Record<string, AnyHandler | undefined>;
}

/** @throws request.invalid with the place of the first fault, never with its value */
function requireShape(part: string, schema: TSchema | undefined, value: unknown): void {
  if (schema === undefined || Value.Check(schema, value ?? {})) return;
  const fault = [...Value.Errors(schema, value ?? {})].find(({ instancePath }) => instancePath !== '');
  const field = fault?.instancePath.slice(1).replaceAll('/', '.') ?? part;
  throw new LubartError('request.invalid', { field, details: { reason: fault?.keyword ?? 'schema' } });
}

/** Attack: whoever bears the name has an e-mail that works in another company too. It is this one that the name was found in.
 * @throws person.not_found when nobody, or more than one, bears it */
async function meant(lubart: Lubart, person: string, organizationId: string | undefined) {
  if (person.includes('@')) return { email: person, within: organizationId };
  const organizationIds = (await lubart.organizations()).filter(
    (id) => organizationId === undefined || id === organizationId,
  );
  const found = await Promise.all(
    organizationIds.map(async (within) => ({ within, email: (await lubart.people.byName(within, person))?.email })),
  );
  const [only, ...others] = found.filter(({ email }) => email !== undefined);
  if (only?.email === undefined || others.length > 0) throw new LubartError('person.not_found', { field: 'as' });
  return { email: only.email, within: only.within };
}

/** A link that was made where nothing listens begins with the path: the address people use goes before it. */
function withOrigin(answer: unknown, origin: string): unknown {
  const link = (answer as { link?: unknown } | null)?.link;
  return typeof link === 'string' && link.startsWith('/') ? { ...(answer as object), link: origin + link } : answer;
}
