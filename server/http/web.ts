/** The web app: built files with names made of their content, and one page that carries this answer’s style nonce. */
import fastifyStatic from '@fastify/static';
import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LubartError } from '#kernel';
import { contentSecurityPolicy } from './security-headers.ts';

const noncePlace = '__LUBART_NONCE__';

/** Serves the built app from `folder`; without one (only the API is wanted) says so in plain text. */
export async function serveWeb(app: FastifyInstance, folder: string): Promise<void> {
  const page = await readFile(join(folder, 'index.html'), 'utf8').catch(() => null);
  if (page !== null) {
    await app.register(fastifyStatic, {
      root: folder,
      wildcard: false,
      index: false,
      preCompressed: true,
      setHeaders: (reply, path) => {
        const lasting = path.includes(join(folder, 'assets'));
        // For taking away: opened here it would be no proof of anything.
        if (/lubart-verif(?:y\.mjs|ier\.html)$/.test(path)) reply.header('content-disposition', 'attachment');
        reply.header('cache-control', lasting ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
  }
  const sendPage = (reply: FastifyReply) => {
    if (page === null)
      return reply.type('text/plain; charset=utf-8').send('Lubart: web app is not built (npm run build)\n');
    const nonce = randomBytes(16).toString('base64');
    return reply
      .type('text/html; charset=utf-8')
      .header('cache-control', 'no-store')
      .header('content-security-policy', contentSecurityPolicy(nonce))
      .send(page.replaceAll(noncePlace, nonce));
  };
  app.get('/', async (_request, reply) => sendPage(reply));
  // Addresses of the app’s own screens: everything that is neither a file nor the API.
  app.get('/*', async (request, reply) => {
    const path = request.url.split('?')[0]!;
    if (path.startsWith('/api/') || /\.[a-z0-9]{1,8}$/i.test(path)) throw new LubartError('request.not_found');
    return sendPage(reply);
  });
}
