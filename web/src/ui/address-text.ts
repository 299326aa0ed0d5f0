/** Where something came from, as people read it. What is typed on the server itself has no address of a network. */
import type { TFunction } from 'i18next';

/** What the server writes for its own command line and its jobs. */
const ownServer = 'local';

export const addressText = (address: string, t: TFunction): string =>
  address === ownServer ? t('common.thisServer') : address;
