/** Where to look next from an entry: what else came in the same request, from the same address, network or device. */
import type { AuditEntryView } from '../contract.ts';
import { isOwnServer } from '../ui/address-text.ts';

type Known = Pick<AuditEntryView, 'requestId' | 'cause' | 'address' | 'device'>;

/** Only what the entry has. The server itself has no neighbours: its network would be its address once more. */
export function waysOn({ requestId, cause, address, device }: Known) {
  const network = address === null || isOwnServer(address) ? null : address;
  const ways = [
    { name: 'requestOf', label: 'onlyRequest', known: requestId ?? cause?.request ?? null },
    { name: 'addressOf', label: 'onlyAddress', known: address },
    { name: 'networkOf', label: 'onlyNetwork', known: network },
    { name: 'deviceOf', label: 'onlyDevice', known: device },
  ] as const;
  return ways.filter(({ known }) => known !== null);
}
