/**
 * A route as both sides see it: the key is “METHOD /path”, the value says which permission it asks for and what goes in
 * and out. The server implements the table (boot fails on a missing or unknown route); the web calls it by key and takes
 * its types from here.
 */
import type { Static, TSchema } from 'typebox';
import type { RoutePermission } from '../permissions.ts';

export type Route = {
  readonly permission: RoutePermission;
  /** One line for the API reference. */
  readonly summary: string;
  readonly params?: TSchema;
  readonly query?: TSchema;
  readonly body?: TSchema;
  readonly response?: TSchema;
  /** The answer or the request is a stream of bytes, not JSON. */
  readonly stream?: 'response' | 'request';
  /** The body is text, whatever the request calls it. */
  readonly takes?: 'text';
  /** The answer sends the browser to a page of our own. */
  readonly redirects?: true;
};

export type RouteKey = `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} /${string}`;
export type RouteTable = { readonly [Key in RouteKey]?: Route };

type Part<R, Name extends string> = R extends { readonly [N in Name]: infer S extends TSchema } ? Static<S> : undefined;

export type ParamsOf<R> = Part<R, 'params'>;
export type QueryOf<R> = Part<R, 'query'>;
export type BodyOf<R> = Part<R, 'body'>;
export type ResponseOf<R> = R extends { readonly stream: 'response' } ? AsyncIterable<Uint8Array> : Part<R, 'response'>;
