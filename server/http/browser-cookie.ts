/**
 * Which browser it is: a random secret in a cookie of its own, out of reach for scripts and for other hosts. It opens nothing by
 * itself; whether a browser may be signed in from is decided about its hash (sign-in/devices).
 */
import { randomBytes } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';

const cookieName = (secure: boolean) => (secure ? '__Host-lubart-device' : 'lubart-device');
/** 256 random bits, base64url. */
const form = /^[A-Za-z0-9_-]{43}$/;
/** Browsers keep a cookie no longer than 400 days (RFC 6265bis §5.5). */
const secondsMax = 400 * 86_400;

export function browserOf(request: FastifyRequest, secure: boolean): string | null {
  const secret = request.cookies[cookieName(secure)];
  return secret !== undefined && form.test(secret) ? secret : null;
}

export const newBrowser = (): string => randomBytes(32).toString('base64url');

export function setBrowser(reply: FastifyReply, secret: string, secure: boolean): void {
  reply.setCookie(cookieName(secure), secret, {
    path: '/',
    secure,
    httpOnly: true,
    sameSite: 'lax',
    maxAge: secondsMax,
  });
}
