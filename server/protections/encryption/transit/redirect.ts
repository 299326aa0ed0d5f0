/**
 * The plain door: whoever types the address without https is told the right one, and nothing else is said or heard here (ASVS 5.0
 * V12.2). The address comes from the settings, never from the request. Attack: a Host of a foreign site would otherwise turn this
 * door into a signpost there. Programs are refused, not redirected: a client that sends its key in plain must be noticed.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';

/** Answers what an authority asks to prove that a name is ours (ACME http-01); null when it is not such a question. */
export type AnswerChallenge = (path: string) => string | null;

const targetCharsMax = 2048;

export function openRedirect(origin: () => string, answerChallenge: AnswerChallenge = () => null): Server {
  const server = createServer((request, response) => answer(request, response, origin(), answerChallenge));
  server.requestTimeout = 10_000;
  server.headersTimeout = 10_000;
  server.maxHeadersCount = 50;
  server.on('clientError', (_error, socket) => socket.destroy());
  return server;
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  origin: string,
  answerChallenge: AnswerChallenge,
): void {
  const target = request.url ?? '/';
  const proof = request.method === 'GET' ? answerChallenge(target) : null;
  response.setHeader('connection', 'close');
  if (proof !== null) {
    response
      .writeHead(200, {
        'content-type': 'application/octet-stream',
        'content-length': Buffer.byteLength(proof),
      })
      .end(proof);
    return;
  }
  const reads = request.method === 'GET' || request.method === 'HEAD';
  if (!reads || target.startsWith('/api/')) {
    response.writeHead(403, { 'content-type': 'text/plain; charset=utf-8' }).end(`Only over TLS: ${origin}\n`);
    return;
  }
  const path = target.startsWith('/') && target.length <= targetCharsMax ? target : '/';
  response.writeHead(308, { location: origin + path, 'content-length': '0' }).end();
}
