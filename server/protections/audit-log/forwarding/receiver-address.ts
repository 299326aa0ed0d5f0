/**
 * Addresses of receivers. Only TLS leaves this machine, nothing in the address is a secret, and nobody makes the server call where
 * clouds keep the keys of machines (SSRF): link-local addresses are refused as they are written and again when a name leads to them.
 */
import type { LookupAddress, LookupOptions } from 'node:dns';
import { lookup } from 'node:dns';
import { BlockList, isIP } from 'node:net';
import { X509Certificate } from 'node:crypto';
import type { ForwardKind } from '#contract';
import { LubartError } from '#kernel';

const syslogPort = 6514; // RFC 5425 §4.1

const forbidden = new BlockList();
forbidden.addSubnet('169.254.0.0', 16, 'ipv4');
forbidden.addSubnet('fe80::', 10, 'ipv6');
forbidden.addAddress('fd00:ec2::254', 'ipv6');
forbidden.addSubnet('0.0.0.0', 8, 'ipv4');
forbidden.addAddress('::', 'ipv6');

const isForbidden = (address: string): boolean => forbidden.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
const plain = (host: string) => host.replace(/^\[|\]$/g, '');

/** What is kept of an address. @throws forward.address_wrong */
export function readReceiver(kind: Exclude<ForwardKind, 'file'>, text: string): string {
  const asked = text.trim();
  const url = URL.parse(kind === 'syslog' ? `https://${asked}` : asked);
  const isBare = url !== null && url.username === '' && url.password === '' && url.hash === '';
  if (!isBare || url.protocol !== 'https:' || url.hostname === '') throw wrong();
  const host = plain(url.hostname);
  if (isIP(host) !== 0 && isForbidden(host)) throw wrong();
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
    const certificate = new X509Certificate(pem);
    if (certificate.ca && certificate.validToDate > new Date()) return pem.trim();
  } catch {
    // No certificate.
  }
  throw new LubartError('forward.authority_wrong', { field: 'authority' });
}

export class ForbiddenAddress extends Error {}

/** Throws where a number is dialled that no name led to. */
export function requireDialled(host: string): string {
  const bare = plain(host);
  if (isIP(bare) !== 0 && isForbidden(bare)) throw new ForbiddenAddress();
  return bare;
}

type Found = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

/** Looked up and judged in one step: a name cannot lead elsewhere in between. */
export function guardedLookup(host: string, options: LookupOptions, found: Found): void {
  lookup(host, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return found(error, '');
    if (addresses.some(({ address }) => isForbidden(address))) return found(new ForbiddenAddress(), '');
    if (options.all === true) return found(null, addresses);
    found(null, addresses[0]!.address, addresses[0]!.family);
  });
}
