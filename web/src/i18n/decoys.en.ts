/** Words of decoys, English. */
import type { decoys as uk } from './decoys.uk.ts';

export const decoys: typeof uk = {
  how: 'Make a believable client that is not there, and paste the address of its page here. A rare surname is better: a common one is found by chance.',
  address: 'Address of the client’s page',
  addressWrong: 'Copy the address of the page of a contact or company.',
  plant: 'Plant the decoy',
  planted: 'The decoy is planted',
  noneTitle: 'There are no decoys',
  noneText: 'A decoy is a client that nobody has to open. Whoever touches it stands in the log within two seconds.',
  list: 'Decoys',
  client: 'Client',
  since: 'Since',
  by: 'Planted by',
  touches: 'Touches',
  last: 'Last',
  who: 'Who touched it',
  remove: 'Remove',
  alarm_one: '{{count}} decoy was touched. See who did it, and why.',
  alarm_few: '{{count}} decoys were touched. See who did it, and why.',
  alarm_many: '{{count}} decoys were touched. See who did it, and why.',
  alarm_other: '{{count}} decoys were touched. See who did it, and why.',
};
