/**
 * One request to a place outside: no redirect is followed, there is a time limit, and no more of the answer is read than an answer can be.
 * Where the name leads is judged before anything is sent (outside-address.ts).
 */
import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';
import { lookupFor, requireDialled } from './outside-address.ts';

export type AskLimits = { waitMillisMax: number; answerBytesMax: number };
const usual: AskLimits = { waitMillisMax: 15_000, answerBytesMax: 131_072 };

type Asked = { method: 'GET' | 'POST' | 'PUT'; headers: Record<string, string>; body?: string | Uint8Array };
export type Answer = { status: number; bytes: Buffer; headers: IncomingHttpHeaders };

export async function askOutside(
  address: string,
  request: Asked,
  limits: Partial<AskLimits> = {},
): Promise<Answer | 'unreachable'> {
  try {
    return await ask(new URL(address), request, { ...usual, ...limits });
  } catch {
    return 'unreachable';
  }
}

async function ask(
  url: URL,
  { method, headers, body }: Asked,
  { waitMillisMax, answerBytesMax }: AskLimits,
): Promise<Answer> {
  const request = url.protocol === 'https:' ? requestTls : requestPlain;
  const asking = request({
    host: requireDialled(url.hostname),
    port: url.port,
    path: url.pathname + url.search,
    method,
    headers: { host: url.host, ...headers },
    lookup: lookupFor(url),
    agent: false,
    signal: AbortSignal.timeout(waitMillisMax),
  });
  const answered = once(asking, 'response') as Promise<[IncomingMessage]>;
  asking.on('error', () => {}); // told by `answered`, or by the answer that breaks off
  asking.end(body);
  const [response] = await answered;
  return {
    status: response.statusCode ?? 0,
    bytes: await readShort(response, answerBytesMax),
    headers: response.headers,
  };
}

async function readShort(response: IncomingMessage, bytesMax: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of response as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length > bytesMax) throw new RangeError('the answer is too long');
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
