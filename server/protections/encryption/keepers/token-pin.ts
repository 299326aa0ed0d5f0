/**
 * The PIN of a token, which locks after a few wrong ones, often for good. So a wrong PIN is never tried twice by itself: a file beside the
 * key file remembers that one was refused, and until somebody types the right one or deletes that file the token is not asked again.
 * A service that restarts by itself would else burn all tries within a minute.
 */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { LubartError, Secret } from '#kernel';
import { createPrivateFile } from '../private-file.ts';
import { readCredential } from './credential.ts';
import { readDescriptor } from './descriptor.ts';
import type { AskSecret, KeySources } from './keeper.ts';

const pinCredential = 'lubart-pin';
export type GivenPin = { pin: Secret<Buffer>; typed: boolean };

/** @throws start.keys_locked */
export async function readPin(sources: KeySources, ask: AskSecret, token: string): Promise<GivenPin> {
  const given =
    (sources.descriptor === undefined ? undefined : await readDescriptor(sources.descriptor)) ??
    (await readCredential(sources.credentialsFolder, pinCredential))?.toString('utf8');
  const typed = given === undefined ? await ask?.(`PIN, ${token}: `) : undefined;
  const pin = (given ?? typed)?.split(/\r?\n/, 1)[0];
  if (pin === undefined || pin === '' || pin.includes('\0')) {
    throw new LubartError('start.keys_locked', {
      field: 'LUBART_KEYS',
      details: { by: 'pkcs11', reason: 'pin_missing' },
    });
  }
  return { pin: new Secret(Buffer.from(pin, 'utf8')), typed: given === undefined };
}

/** @throws start.keys_pin_held */
export function refuseSecondTry({ refusedPinFile: file }: KeySources, { typed }: GivenPin): void {
  if (file !== undefined && !typed && existsSync(file)) throw held('refused_before', { file });
}

export async function rememberRefused({ refusedPinFile: file }: KeySources): Promise<void> {
  if (file !== undefined)
    await createPrivateFile(file, 'The PIN of the token was refused. Delete this file when it is mended.\n');
}

export async function forgetRefused({ refusedPinFile: file }: KeySources): Promise<void> {
  if (file !== undefined) await rm(file, { force: true });
}

export const held = (reason: string, details: Record<string, string> = {}) =>
  new LubartError('start.keys_pin_held', { field: 'LUBART_KEYS', details: { by: 'pkcs11', reason, ...details } });

export const refused = ({ refusedPinFile: file }: KeySources, reason: string) =>
  new LubartError('start.keys_pin_wrong', {
    field: 'LUBART_KEYS',
    details: { by: 'pkcs11', reason, ...(file === undefined ? {} : { file }) },
  });
