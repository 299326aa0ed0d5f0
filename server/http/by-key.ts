/**
 * A program comes with `Authorization: Bearer` (RFC 6750 §2.1) and nothing else: no cookie beside it, one header, never the key in an
 * address (§2.3 warns: addresses stand in logs and histories). A request by key needs no origin: no browser adds a key by itself, so
 * no page of another site can make one act.
 */
import type { FastifyRequest } from 'fastify';
import { keyRoutes, stepUpRoutes } from '#contract';
import { LubartError } from '#kernel';

const open: ReadonlySet<string> = new Set(keyRoutes);
const provedAnew: ReadonlySet<string> = new Set(stepUpRoutes);
const keyForm = /lubart_[0-9a-f]{32}_/i;
const sessionCookies = ['lubart', '__Host-lubart'];

/** The key that the request brings; null when it brings none. @throws api-key.refused, api-key.in_address, api-key.with_cookie */
export function keyOf(request: FastifyRequest): string | null {
  if (keyForm.test(readable(request.url))) throw new LubartError('api-key.in_address');
  const { rawHeaders } = request.raw;
  const given = rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]!.toLowerCase() === 'authorization');
  // Attack: two headers, of which a proxy in front reads one and this server the other (node keeps the first and says nothing).
  if (given.length > 1) throw new LubartError('api-key.refused');
  const [, key] = /^bearer +(\S+)$/i.exec(given[0] ?? '') ?? [];
  if (key === undefined) {
    if (/^bearer\b/i.test(given[0] ?? '')) throw new LubartError('api-key.refused');
    return null;
  }
  // Attack: a browser’s session lends the key what the key may not, or the other way round.
  if (sessionCookies.some((name) => request.cookies[name] !== undefined)) throw new LubartError('api-key.with_cookie');
  return key;
}

/** @throws api-key.no_step_up, api-key.route_closed */
export function requireOpenToKeys(routeKey: string): void {
  if (provedAnew.has(routeKey)) throw new LubartError('api-key.no_step_up');
  if (!open.has(routeKey)) throw new LubartError('api-key.route_closed');
}

function readable(url: string): string {
  try {
    return decodeURIComponent(url);
  } catch {
    return url;
  }
}
