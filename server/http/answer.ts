/** What handlers get and give: the contract’s types, the actor, and nothing of the HTTP library. */
import type { Readable } from 'node:stream';
import type { BodyOf, ParamsOf, QueryOf, ResponseOf, Route, RouteTable } from '#contract';
import type { Reach } from '#database';
import type { Actor } from '#protections/access';
import type { Visitor } from './visitor.ts';

/** A file on its way out. */
export type FileAnswer = {
  fileName: string;
  contentType: string;
  bytes: AsyncIterable<Uint8Array>;
  /** 200 when nothing is said; another where a protocol of others has its own form of a refusal. */
  status?: 409 | 200;
  /** The bytes at this address never change and are nobody’s: whoever got them may keep them. */
  cache?: 'for ever';
};

/** Where the browser goes on: a path of our own. */
export type RedirectAnswer = { location: `/${string}` };

export type Call<R extends Route> = {
  readonly params: ParamsOf<R>;
  readonly query: QueryOf<R>;
  readonly body: BodyOf<R>;
  readonly actor: R['permission'] extends 'anyone' ? Actor | null : Actor;
  /** How far the route’s permission reaches for this actor; nothing on routes that are open to anyone. */
  readonly reach: Reach;
  readonly visitor: Visitor;
  /** The bytes of a request that is a stream. */
  readonly stream: Readable;
  /** Sets the session cookie, or removes it with null. */
  setSession(token: string | null): void;
  /** What this browser keeps, sealed, while it is away at a provider of sign-in. */
  readonly flow: string | null;
  setFlow(sealed: string | null): void;
};

export type Answer<R extends Route> = R extends { readonly stream: 'response' }
  ? FileAnswer
  : R extends { readonly redirects: true }
    ? RedirectAnswer
    : ResponseOf<R>;

/** One function for every route of a table: a missing one does not compile, an unknown one neither. */
export type Handlers<T extends RouteTable> = {
  [Key in keyof T]: T[Key] extends Route ? (call: Call<T[Key]>) => Promise<Answer<T[Key]>> : never;
};
