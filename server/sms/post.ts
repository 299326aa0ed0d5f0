/**
 * One POST to a provider over a connection of its own, so that it is known whether anything left: before the connection stands,
 * nothing did. No redirect is followed, an answer has an end in time and in bytes.
 */
import { request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';
import type { Outcome } from './attempt.ts';

const answerBytesMax = 64 * 1024;

export type Posted = { status: number; retryAfter: string | undefined; body: unknown } | { fault: Outcome };

export async function post(
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: string,
  answerMillis: number,
): Promise<Posted> {
  const secure = url.protocol === 'https:';
  const bytes = Buffer.from(body, 'utf8');
  return new Promise((resolve) => {
    let connected = false;
    const request = (secure ? requestTls : requestPlain)(url, {
      method: 'POST',
      agent: false,
      headers: { ...headers, accept: 'application/json', 'content-length': bytes.length },
    });
    const fail = (code: string) => {
      clearTimeout(timer);
      request.destroy();
      resolve({ fault: connected ? { kind: 'unknown', code } : { kind: 'not-sent', code, afterMillis: 500 } });
    };
    const timer = setTimeout(() => fail('timeout'), answerMillis);
    request.on('socket', (socket) => socket.once(secure ? 'secureConnect' : 'connect', () => (connected = true)));
    request.on('error', (error: NodeJS.ErrnoException) => fail(error.code ?? 'connection'));
    request.on('response', (response) => {
      const pieces: Buffer[] = [];
      let length = 0;
      response.on('data', (piece: Buffer) => {
        length += piece.length;
        if (length > answerBytesMax) fail('answer_too_long');
        else pieces.push(piece);
      });
      response.on('error', () => fail('answer_broken'));
      response.on('end', () => {
        clearTimeout(timer);
        resolve({
          status: response.statusCode ?? 0,
          retryAfter: response.headers['retry-after'],
          body: parse(Buffer.concat(pieces)),
        });
      });
    });
    request.end(bytes);
  });
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** 429: it was refused before anything was done with it (RFC 6585, 4). */
export function tooMany(posted: { status: number; retryAfter: string | undefined }): Outcome | undefined {
  if (posted.status !== 429) return undefined;
  const seconds = Number(posted.retryAfter ?? '1');
  return { kind: 'not-sent', code: '429', afterMillis: Number.isFinite(seconds) ? seconds * 1_000 : Infinity };
}
