/**
 * From which networks somebody may be here (RFC 4632, RFC 4291). Ranges are IPv4 or IPv6 in CIDR; an IPv4 address that arrives
 * written as IPv6 (`::ffff:…`) is brought back to IPv4 before it is compared, whatever wrote it. The nearest list counts: a person’s
 * own, else those of the person’s roles (every one that has a list), else the organization’s. An API key’s own list only narrows.
 */
import { BlockList, isIP } from 'node:net';
import type { Allowed, NetworkRules } from '#contract';
import { LubartError } from '#kernel';

export type Asking = {
  roles: readonly string[];
  personId: string;
  /** Of an API key: its own ranges, beside everything else. */
  keyRanges?: readonly string[];
};

/** @throws session.network_denied */
export function requireNetwork(rules: NetworkRules, asking: Asking, address: string): void {
  if (!isNetworkAllowed(rules, asking, address)) throw new LubartError('session.network_denied');
}

export function isNetworkAllowed(rules: NetworkRules, asking: Asking, address: string): boolean {
  const known = compiled(rules);
  const { keyRanges } = asking;
  if (keyRanges !== undefined && keyRanges.length > 0 && !isWithin(listOf(keyRanges), address)) return false;
  return listsFor(rules, asking).every((allowed) => {
    if (allowed.anywhere) return true;
    return allowed.places.some((id) => {
      const place = known.get(id);
      return place !== undefined && isWithin(place, address);
    });
  });
}

/** The name of the network an address belongs to, when it has one. */
export function placeOf(rules: NetworkRules, address: string): string | null {
  const known = compiled(rules);
  return rules.places.find(({ id }) => isWithin(known.get(id)!, address))?.name ?? null;
}

function listsFor(rules: NetworkRules, { roles, personId }: Asking): readonly Allowed[] {
  const own = rules.people.find((one) => one.personId === personId);
  if (own !== undefined) return [own];
  const ofRoles = rules.roles.filter((one) => roles.includes(one.role));
  return ofRoles.length > 0 ? ofRoles : [rules.organization];
}

/** Rules are replaced, never changed in place: what was made of them holds as long as they do. */
const made = new WeakMap<NetworkRules, Map<string, BlockList>>();

function compiled(rules: NetworkRules): Map<string, BlockList> {
  const known = made.get(rules) ?? new Map(rules.places.map(({ id, ranges }) => [id, listOf(ranges)]));
  made.set(rules, known);
  return known;
}

function listOf(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address, bits] = readRange(range).split('/') as [string, string];
    list.addSubnet(address, Number(bits), isIP(address) === 4 ? 'ipv4' : 'ipv6');
  }
  return list;
}

/** Attack: an address that is no address (“unknown”, a forged header) is within nothing. */
function isWithin(list: BlockList, given: string): boolean {
  const address = plainIp(given);
  const kind = isIP(address);
  return kind !== 0 && list.check(address, kind === 4 ? 'ipv4' : 'ipv6');
}

/** Without a zone, and IPv4 written as IPv6 (dotted or in hexadecimal) as IPv4. */
export function plainIp(given: string): string {
  const address = given.toLowerCase().split('%')[0]!;
  if (isIP(address) !== 6) return address;
  const [, high, low] =
    /^\[::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/.exec(new URL(`http://[${address}]`).hostname) ?? [];
  if (high === undefined || low === undefined) return address;
  const [a, b] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [a >> 8, a & 255, b >> 8, b & 255].join('.');
}

/**
 * A range as it is kept: `address/bits`. One address is a range of one.
 * @throws security.range_invalid
 */
export function readRange(text: string, field = 'networks.places'): string {
  const refuse = () => new LubartError('security.range_invalid', { field });
  const [given, bits, ...more] = text.trim().split('/') as [string, string | undefined, ...string[]];
  if (isIP(given) === 0 || given.includes('%') || more.length > 0) throw refuse();
  const address = plainIp(given);
  const most = isIP(address) === 4 ? 32 : 128;
  if (bits === undefined) return `${address}/${most}`;
  if (!/^\d{1,3}$/.test(bits)) throw refuse();
  const width = isIP(given) === 6 && most === 32 ? Number(bits) - 96 : Number(bits);
  // Attack: /0 looks like a list and lets the whole world in; “anywhere” must be said as such.
  if (width < 1 || width > most) throw refuse();
  return `${address}/${width}`;
}
