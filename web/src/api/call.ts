/**
 * Calls the server by the route’s key, typed by the contract. Every call says that it comes from this interface
 * (`x-lubart-request`, against cross-site requests); the session travels in a cookie that scripts cannot read.
 */
import type { BodyOf, ParamsOf, QueryOf, Routes } from '../contract.ts';
import type { Static, TSchema } from 'typebox';
import { Problem, readProblem } from './problem.ts';

export type RouteName = Extract<keyof Routes, string>;
type Named<Name extends string, Value> = Value extends undefined ? unknown : { [N in Name]: Value };
export type Input<K extends RouteName> = Named<'params', ParamsOf<Routes[K]>> &
  Named<'body', BodyOf<Routes[K]>> &
  (QueryOf<Routes[K]> extends undefined ? unknown : { query?: QueryOf<Routes[K]> }) & { signal?: AbortSignal };
export type Answer<K extends RouteName> = Routes[K] extends { readonly response: infer S extends TSchema }
  ? Static<S>
  : undefined;

type LooseInput = {
  params?: Record<string, string>;
  query?: Record<string, string | number | boolean | null | undefined>;
  body?: unknown;
  signal?: AbortSignal;
};

export const requestHeader = { 'x-lubart-request': '1' } as const;

let tellSessionLost: () => void = () => undefined;
/** Says what to do when the server no longer knows the session. */
export function onSessionLost(listener: () => void): void {
  tellSessionLost = listener;
}

let tellWall: () => void = () => undefined;
/** Says what to do when the rules demand more of the person than they did a moment ago. */
export function onWall(listener: () => void): void {
  tellWall = listener;
}

let askProof: () => Promise<boolean> = () => Promise.resolve(false);
/** Says how a person proves anew who it is; the answer is whether it was proved. */
export function onProofNeeded(ask: () => Promise<boolean>): void {
  askProof = ask;
}

/** Builds the address: `:id` from params, the rest from query; absent values are left out. */
export function addressOf(key: string, input: LooseInput): string {
  const path = key
    .slice(key.indexOf(' ') + 1)
    .replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(input.params?.[name] ?? ''));
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(input.query ?? {})) {
    if (value !== undefined && value !== null && value !== '') query.set(name, String(value));
  }
  const text = query.toString();
  return text === '' ? path : `${path}?${text}`;
}

/** Sends, and once more when a fresh proof was asked for and given, or when the cookie was renewed meanwhile. */
async function send(key: string, input: LooseInput): Promise<Response> {
  try {
    return await sendOnce(key, input);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.code === 'session.step_up_needed' && (await askProof())) return sendOnce(key, input);
    // A proof in another tab, or a moment ago in this one, gave the session a new token; a refused request did nothing.
    if (error.code === 'session.expired') {
      try {
        return await sendOnce(key, input);
      } catch (again) {
        if (again instanceof Problem && again.code === 'session.expired') tellSessionLost();
        throw again;
      }
    }
    if (error.code === 'session.missing') tellSessionLost();
    if (error.code === 'sign-in.factor_required') tellWall();
    throw error;
  }
}

async function sendOnce(key: string, input: LooseInput): Promise<Response> {
  const init: RequestInit = {
    method: key.slice(0, key.indexOf(' ')),
    headers: input.body === undefined ? requestHeader : { ...requestHeader, 'content-type': 'application/json' },
    credentials: 'same-origin',
    cache: 'no-store',
  };
  if (input.body !== undefined) init.body = JSON.stringify(input.body);
  if (input.signal !== undefined) init.signal = input.signal;
  let response: Response;
  try {
    response = await fetch(addressOf(key, input), init);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Problem('unreachable', 0);
  }
  if (response.ok) return response;
  throw await readProblem(response);
}

/** Calls a route that answers with JSON. Throws `Problem`. */
export async function call<K extends RouteName>(key: K, input: Input<K>): Promise<Answer<K>> {
  const response = await send(key, input);
  return (response.status === 204 ? {} : await response.json()) as Answer<K>;
}

/** Calls a route that answers with a file and hands it to the browser’s downloads. Throws `Problem`. */
export async function download<K extends RouteName>(key: K, input: Input<K>, fallbackName: string): Promise<void> {
  const response = await send(key, input);
  const said = /filename\*?=(?:UTF-8'')?"?([^";]+)"?/i.exec(response.headers.get('content-disposition') ?? '')?.[1];
  const address = URL.createObjectURL(await response.blob());
  const link = document.createElement('a');
  link.href = address;
  link.download = said === undefined ? fallbackName : decodeURIComponent(said);
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/**
 * Sends a file as it is, telling how much has gone (0…1). XMLHttpRequest, because fetch does not report what was sent.
 * Throws `Problem`.
 */
export function upload<Result>(
  address: string,
  file: Blob,
  tell: (part: number) => void,
  signal?: AbortSignal,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('PUT', address);
    request.setRequestHeader('x-lubart-request', '1');
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.upload.addEventListener('progress', (event) => {
      if (event.lengthComputable) tell(event.loaded / event.total);
    });
    request.addEventListener('error', () => reject(new Problem('unreachable', 0)));
    request.addEventListener('abort', () => reject(new DOMException('stopped', 'AbortError')));
    request.addEventListener('load', () => {
      if (request.status < 300) return resolve(JSON.parse(request.responseText) as Result);
      const status = request.status === 0 ? 500 : request.status;
      readProblem(new Response(request.responseText, { status })).then(reject, reject);
    });
    signal?.addEventListener('abort', () => request.abort());
    request.send(file);
  });
}
