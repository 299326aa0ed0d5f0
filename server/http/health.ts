/** /healthz: the process lives. /readyz: it can serve. /metrics: numbers, for this machine or declared watchers only. */
import type { FastifyInstance } from 'fastify';
import { LubartError } from '#kernel';
import type { Metrics } from './metrics.ts';
import { plainAddress } from './visitor.ts';

/** Any of these says that a proxy stands between. */
const forwarding = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip'] as const;

export function serveHealth(app: FastifyInstance, metrics: Metrics, isReady: () => Promise<boolean>): void {
  app.get('/healthz', async () => ({ status: 'alive' }));
  app.get('/readyz', async () => {
    if (!(await isReady().catch(() => false))) throw new LubartError('server.starting');
    return { status: 'ready' };
  });
  app.get('/metrics', async (request, reply) => {
    // Behind a proxy everybody would come from loopback: only what reaches us directly, without a forwarded address, may read.
    const address = plainAddress(request.socket.remoteAddress ?? '');
    const direct = forwarding.every((name) => request.headers[name] === undefined);
    if (!direct || !(address === '::1' || address.startsWith('127.'))) throw new LubartError('request.not_found');
    return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
}
