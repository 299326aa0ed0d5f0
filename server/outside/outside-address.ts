/**
 * Addresses outside that people enter. What leaves this machine is under TLS, nothing in the address is a secret, and nobody makes the
 * server call where clouds keep the keys of machines (SSRF): those numbers are refused as they are written and again when a name leads to
 * them. Without TLS nobody proves who answers: then a name leads into the open internet, never into the network of the house.
 */
import type { LookupAddress, LookupOptions } from 'node:dns';
import { lookup } from 'node:dns';
import { BlockList, isIP } from 'node:net';

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Networks as `number/bits`. An old number is also known by its new spellings: mapped (Node does that), and behind NAT64 (RFC 6052 §2.1). */
function networks(all: string): (address: string) => boolean {
  const list = new BlockList();
  for (const one of all.split(/\s+/)) {
    const [net = '', bits] = one.split('/');
    list.addSubnet(net, Number(bits), isIP(net) === 6 ? 'ipv6' : 'ipv4');
    if (isIP(net) === 4) list.addSubnet(`64:ff9b::${net}`, 96 + Number(bits), 'ipv6');
  }
  return (address) => list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

const isHere = networks('127.0.0.0/8 ::1/128');
/** Link-local, “this machine” under another number, and what Amazon, Google, Azure, Oracle and Alibaba gave elsewhere. */
const isOfClouds = networks(
  `0.0.0.0/8 ::/128 169.254.0.0/16 fe80::/10 fd00:ec2::254/128 fd20:ce::254/128 168.63.129.16/32 192.0.0.192/32 100.100.100.200/32`,
);
/** Not of the open internet (RFC 6890). */
const isInside = networks(
  `10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 172.16.0.0/12 192.0.0.0/24 192.168.0.0/16 198.18.0.0/15 224.0.0.0/3 ::1/128 fc00::/7 ff00::/8`,
);

const plain = (host: string) => host.replace(/^\[|\]$/g, '');

/** Of a name nothing is known before it is looked up. */
export function isForbidden(host: string): boolean {
  const bare = plain(host);
  return isIP(bare) !== 0 && isOfClouds(bare);
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
const judging =
  (mayLeadTo: (address: string) => boolean) =>
  (host: string, options: LookupOptions, found: Found): void =>
    lookup(host, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return found(error, '');
      if (!addresses.every(({ address }) => mayLeadTo(address))) return found(new ForbiddenAddress(), '');
      if (options.all === true) return found(null, addresses);
      found(null, addresses[0]!.address, addresses[0]!.family);
    });

/** For TLS: the certificate proves who is there, in the house too. */
export const guardedLookup = judging((address) => !isOfClouds(address));
const openLookup = judging((address) => !isOfClouds(address) && !isInside(address));
const ownLookup = judging(isHere);

export function lookupFor({ protocol, hostname }: URL): typeof guardedLookup {
  if (protocol === 'https:') return guardedLookup;
  return loopback.has(hostname) ? ownLookup : openLookup;
}
