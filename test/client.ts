/**
 * A browser’s half of HTTP for tests: keeps the cookies, sends what a page of our own would send. All of them are one office computer
 * that everybody uses, unless a new browser is asked for.
 */
import type { RouteKey } from '#contract';

// oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers of every shape
export type Reply = { status: number; body: any; headers: Headers };

export type Client = {
  call(
    key: RouteKey,
    given?: {
      params?: Record<string, string>;
      query?: Record<string, string>;
      body?: unknown;
      headers?: Record<string, string>;
    },
  ): Promise<Reply>;
  /** Sends raw bytes. */
  put(path: string, bytes: Uint8Array | ReadableStream): Promise<Reply>;
  /** What a route sends as a file. */
  bytes(key: RouteKey, given?: { params?: Record<string, string> }): Promise<{ status: number; bytes: Uint8Array }>;
  text(
    key: RouteKey,
    given?: { params?: Record<string, string>; body?: unknown },
  ): Promise<{ status: number; text: string }>;
  /** Of the session. */
  cookie: string;
  /** Of the browser; empty: a new one. */
  browser: string;
};

export const officeBrowser = `lubart-device=${'office-computer'.padEnd(43, '0')}`;

/** Problems too (RFC 9457); lines of JSON, one after another, are text. */
const isJson = ({ headers }: Response): boolean =>
  /^application\/(?:[\w.-]+\+)?json\b/.test(headers.get('content-type') ?? '');

export function openClient(origin: string, cookie = '', browser = officeBrowser): Client {
  const client: Client = {
    cookie,
    browser,
    call: async (key, { params = {}, query, body, headers = {} } = {}) => {
      const response = await send(key, params, query, body, headers);
      const text = await response.text();
      return {
        status: response.status,
        body: text.startsWith('{') && isJson(response) ? JSON.parse(text) : text,
        headers: response.headers,
      };
    },
    put: async (path, bytes) => {
      const response = await fetch(origin + path, {
        method: 'PUT',
        headers: {
          origin,
          cookie: [client.cookie, client.browser].filter((pair) => pair !== '').join('; '),
          'content-type': 'application/octet-stream',
        },
        body: bytes as never,
        duplex: 'half',
      });
      return { status: response.status, body: await response.json(), headers: response.headers };
    },
    bytes: async (key, { params = {} } = {}) => {
      const response = await send(key, params, undefined, undefined, {});
      return { status: response.status, bytes: new Uint8Array(await response.arrayBuffer()) };
    },
    text: async (key, { params = {}, body } = {}) => {
      const response = await send(key, params, undefined, body, {});
      return { status: response.status, text: await response.text() };
    },
  };
  const send = async (
    key: RouteKey,
    params: Record<string, string>,
    query: Record<string, string> | undefined,
    body: unknown,
    headers: Record<string, string>,
  ) => {
    const [method, path] = key.split(' ') as [string, string];
    const filled = path
      .replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? `:${name}`))
      .replace(/\*$/, params['*'] ?? '*');
    const url = `${origin}${filled}${query === undefined ? '' : `?${new URLSearchParams(query).toString()}`}`;
    const response = await fetch(url, {
      method,
      headers: {
        origin,
        cookie: [client.cookie, client.browser].filter((pair) => pair !== '').join('; '),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    for (const set of response.headers.getSetCookie()) {
      const pair = set.split(';')[0]!;
      if (pair.includes('lubart-device=')) client.browser = pair;
      else client.cookie = pair;
    }
    return response;
  };
  return client;
}
