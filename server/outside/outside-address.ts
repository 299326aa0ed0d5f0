/**
 * Addresses outside that people enter. Only TLS leaves this machine, nothing in the address is a secret, and nobody makes the server call
 * where clouds keep the keys of machines (SSRF): link-local addresses are refused as they are written and again when a name leads to them.
 */
import type { LookupAddress, LookupOptions } from 'node:dns';
import { lookup } from 'node:dns';
import { BlockList, isIP } from 'node:net';

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);
const forbidden = new BlockList();
forbidden.addSubnet('169.254.0.0', 16, 'ipv4');
forbidden.addSubnet('fe80::', 10, 'ipv6');
forbidden.addAddress('fd00:ec2::254', 'ipv6');
forbidden.addSubnet('0.0.0.0', 8, 'ipv4');
forbidden.addAddress('::', 'ipv6');

const plain = (host: string) => host.replace(/^\[|\]$/g, '');

/** Of a name nothing is known before it is looked up. */
export function isForbidden(host: string): boolean {
  const bare = plain(host);
  const version = isIP(bare);
  return version !== 0 && forbidden.check(bare, version === 6 ? 'ipv6' : 'ipv4');
}

/**
 * What is kept of an address; undefined: it is none that is asked.
 * Attack: plain http to somewhere, where answers could be forged or held back; a password in the address; a number of the inner network.
 * `plainToo`: what comes back is signed, and whoever gives it speaks plain http: then to a name, never to a number.
 */
export function readOutsideAddress(text: string, plainToo = false): string | undefined {
  const url = URL.parse(text.trim());
  if (url === null || url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    return undefined;
  if (isForbidden(url.hostname)) return undefined;
  const isName = isIP(plain(url.hostname)) === 0;
  const isPlainFine = url.protocol === 'http:' && (loopback.has(url.hostname) || (plainToo && isName));
  return url.protocol === 'https:' || isPlainFine ? url.href.replace(/\/+$/, '') : undefined;
}

export class ForbiddenAddress extends Error {}

/** Throws where a number is dialled that no name led to. */
export function requireDialled(host: string): string {
  if (isForbidden(host)) throw new ForbiddenAddress();
  return plain(host);
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
