/** Neighbours on the network: whoever rents a /24 of IPv4 or a /64 of IPv6 has all its addresses. */

/** The network of an address in one form. */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address.replace(/\.\d+$/, '.0/24');
  const plain = address.split('%')[0]!;
  const [left, right] = plain.split('::') as [string, string | undefined];
  const head = left === '' ? [] : left.split(':');
  const tail = right === undefined || right === '' ? [] : right.split(':');
  const zeros = right === undefined ? 0 : Math.max(0, 8 - head.length - tail.length);
  const groups = [...head, ...Array.from({ length: zeros }, () => '0'), ...tail];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}

/** With what the texts of its neighbours begin; undefined when that is shortened, so that no beginning says it. */
export function beginningOfNetwork(address: string): string | undefined {
  const fourth = /^(\d{1,3}\.\d{1,3}\.\d{1,3}\.)\d{1,3}$/.exec(address);
  if (fourth !== null) return fourth[1];
  return /^((?:[0-9a-f]{1,4}:){4})/.exec(address)?.[1];
}
