/**
 * How often one network may ask for new passwords. Behind one address sits an office, behind one /24 of a mobile carrier a town:
 * the network’s own number is wide, and whoever asks about one e-mail again and again uses up that e-mail’s tries and nobody
 * else’s. A browser that is known as the person’s own is let through by `askReset` even when both are used up.
 */
import type { Clock } from '#kernel';
import { networkOf } from '#kernel';
import { openCounts } from '../network-limit.ts';

/** Times one network may ask about one e-mail, and about anybody, in a quarter of an hour. */
export const resetsOfOneMax = 5;
export const resetsPerNetworkMax = 100;

export type ResetLimit = {
  /** `email`: the token of whatever was typed, whether or not somebody has it. */
  admit(address: string, email: Buffer): boolean;
};

export function openResetLimit(clock: Clock): ResetLimit {
  const ofOne = openCounts(clock);
  const networks = openCounts(clock);
  return {
    admit: (address, email) => {
      const network = networkOf(address);
      // Attack: a colleague who asks a hundred times about one person shuts the whole office out. Those are not counted on.
      if (ofOne.add(`${network} ${email.toString('base64')}`) > resetsOfOneMax) return false;
      return networks.add(network) <= resetsPerNetworkMax;
    },
  };
}
