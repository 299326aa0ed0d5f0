/** What the owner enters for a place outside, checked before it is kept, and the name under which it is shown. */
import type { AnchorKind, AnchorSettingsValue } from '#contract';
import { readPem } from '#contract/stamps';
import { LubartError } from '#kernel';
import { readOutsideAddress } from '#outside';
import { parseEmail } from '#ukraine';
import { isBotToken, isChat } from './tell-telegram.ts';

export const kindOf = (settings: AnchorSettingsValue): AnchorKind => Object.keys(settings)[0] as AnchorKind;

/** @throws anchor.address_wrong, anchor.settings_wrong */
export function readSettings(given: AnchorSettingsValue): AnchorSettingsValue {
  const { stamp, letter, telegram, bucket } = given;
  if (stamp !== undefined) {
    if (readPem(stamp.roots)?.some(({ ca }) => ca) !== true) wrong('roots');
    return { stamp: { ...stamp, address: requireAddress(stamp.address, true) } };
  }
  if (letter !== undefined) return { letter: { to: letter.to.map((one) => parseEmail(one) ?? wrong('to')) } };
  if (telegram !== undefined) {
    if (!isBotToken(telegram.token)) wrong('token');
    if (!isChat(telegram.chat)) wrong('chat');
    const { address } = telegram;
    return { telegram: { ...telegram, ...(address === undefined ? {} : { address: requireAddress(address) }) } };
  }
  if (bucket === undefined) return wrong('settings');
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket.bucket)) wrong('bucket');
  if (bucket.prefix !== undefined && !/^[A-Za-z0-9_-][A-Za-z0-9_/-]*$/.test(bucket.prefix)) wrong('prefix');
  if (!/^[a-z0-9-]+$/.test(bucket.region)) wrong('region');
  return { bucket: { ...bucket, address: requireAddress(bucket.address) } };
}

function requireAddress(text: string, plainToo = false): string {
  const address = readOutsideAddress(text, plainToo);
  if (address === undefined) throw new LubartError('anchor.address_wrong', { field: 'address' });
  return address;
}

function wrong(field: string): never {
  throw new LubartError('anchor.settings_wrong', { field });
}

/** Without secrets. */
export function nameOf({ stamp, letter, telegram, bucket }: AnchorSettingsValue): string {
  if (stamp !== undefined) return new URL(stamp.address).host;
  if (letter !== undefined) return letter.to.join(', ');
  if (telegram !== undefined) return telegram.chat;
  return bucket === undefined ? '' : `${new URL(bucket.address).host}/${bucket.bucket}`;
}
