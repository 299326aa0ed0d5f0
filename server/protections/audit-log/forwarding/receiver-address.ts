/**
 * Addresses of receivers. Only TLS leaves this machine, nothing in the address is a secret, and nobody makes the server call where
 * clouds keep the keys of machines (SSRF): link-local addresses are refused as they are written; where a name leads is looked at when it is dialled (server/outside).
 */
import { X509Certificate } from 'node:crypto';
import type { ForwardKind } from '#contract';
import { LubartError } from '#kernel';
import { isForbidden } from '#outside';
import { certificatesIn } from './client-certificate.ts';

const syslogPort = 6514; // RFC 5425 §4.1

/** What is kept of an address. @throws forward.address_wrong */
export function readReceiver(kind: Exclude<ForwardKind, 'file'>, text: string): string {
  const asked = text.trim();
  const url = URL.parse(kind === 'syslog' ? `https://${asked}` : asked);
  const isBare = url !== null && url.username === '' && url.password === '' && url.hash === '';
  if (!isBare || url.protocol !== 'https:' || url.hostname === '') throw wrong();
  if (isForbidden(url.hostname)) throw wrong();
  if (kind === 'webhook') return url.href;
  // Port 443 is what a URL of https leaves out.
  if (url.pathname !== '/' || url.search !== '' || /[/?@]/.test(asked)) throw wrong();
  const port = url.port === '' ? (asked.endsWith(':443') ? '443' : String(syslogPort)) : url.port;
  return `${url.hostname}:${port}`;
}
const wrong = () => new LubartError('forward.address_wrong', { field: 'address' });

/** @throws forward.authority_wrong */
export function readAuthority(pem: string): string {
  try {
    const kept = certificatesIn(pem);
    const certificate = new X509Certificate(kept);
    if (certificate.ca && certificate.validToDate > new Date()) return kept;
  } catch {
    // No certificate.
  }
  throw new LubartError('forward.authority_wrong', { field: 'authority' });
}
