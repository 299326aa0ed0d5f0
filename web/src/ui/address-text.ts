/** Where something came from, as people read it. What is typed on the server itself has no address of a network. */
import type { TFunction } from 'i18next';

/** What the server writes for its own command line and its jobs. */
const ownServer = 'local';

export const isOwnServer = (address: string): boolean => address === ownServer;

export const addressText = (address: string, t: TFunction): string =>
  isOwnServer(address) ? t('common.thisServer') : address;
