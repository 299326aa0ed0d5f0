/**
 * A page of another site must not act with the cookie of a signed-in person (cross-site request forgery; OWASP ASVS 5.0 V3.5).
 * Browsers say where a request comes from: Sec-Fetch-Site, and Origin. Programs that send neither carry no stolen cookie.
 * The Host is checked too, so that a foreign name which resolves to this machine (DNS rebinding) gets nothing.
 */
import type { FastifyRequest } from 'fastify';

const loopbackNames = new Set(['localhost', '127.0.0.1', '[::1]']);

/** True when a request that changes something was sent by a page that is not ours. */
export function isCrossSite(request: FastifyRequest, origins: readonly string[]): boolean {
  if (request.method === 'GET' || request.method === 'HEAD' || request.method === 'OPTIONS') return false;
  const site = request.headers['sec-fetch-site'];
  const origin = request.headers.origin;
  if (site === 'same-origin') return false;
  if (origin !== undefined) return !origins.includes(origin) && !isOwnOrigin(request, origin);
  return site !== undefined && site !== 'none';
}

function isOwnOrigin(request: FastifyRequest, origin: string): boolean {
  return origin === `${request.protocol}://${request.host}` && isKnownHost(request, []);
}

/** True when the request names this server by a name it goes by. */
export function isKnownHost(request: FastifyRequest, origins: readonly string[]): boolean {
  const name = (request.host ?? '').replace(/:\d+$/, '').toLowerCase();
  if (loopbackNames.has(name)) return true;
  return origins.some((origin) => new URL(origin).hostname.toLowerCase() === name);
}
