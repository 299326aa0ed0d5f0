/** Headers that keep a browser from being turned against its user (OWASP ASVS 5.0 V3.4). */
import type { FastifyReply } from 'fastify';

/** For a year browsers come by TLS only. */
export const hstsSeconds = 31_536_000;

/** Everything from ourselves, nothing inline but styles that carry this answer’s nonce, no frames, no plug-ins. */
export function contentSecurityPolicy(nonce: string | null): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    nonce === null ? "style-src 'self'" : `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "worker-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

export function setSecurityHeaders(reply: FastifyReply, overTls: boolean): void {
  reply.headers({
    'content-security-policy': contentSecurityPolicy(null),
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    ...(overTls ? { 'strict-transport-security': `max-age=${hstsSeconds}; includeSubDomains` } : {}),
  });
}
