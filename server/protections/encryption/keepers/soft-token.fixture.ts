/** A token in software (SoftHSM2) with a folder of its own, and a `pkcs11-tool` that says what no software token ever says. */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const modules = [
  '/usr/lib/softhsm/libsofthsm2.so',
  '/usr/lib64/softhsm/libsofthsm2.so',
  '/usr/lib64/pkcs11/libsofthsm2.so',
  '/usr/local/lib/softhsm/libsofthsm2.so',
  '/opt/homebrew/lib/softhsm/libsofthsm2.so',
];
const onPath = (name: string) =>
  (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)));

export const softModule = modules.find((file) => existsSync(file)) ?? '';
const there = softModule !== '' && onPath('softhsm2-util') && onPath('pkcs11-tool');
/** For tests: why not, or false. */
export const noSoftToken = there ? false : 'softhsm2-util and pkcs11-tool are not installed (Debian: softhsm2, opensc)';

export type SoftToken = { label: string; pin: string; address: string; tool(...given: string[]): string };

/** RSA with key id 01. Sets SOFTHSM2_CONF of this process. */
export function makeSoftToken(folder: string, bits = 3_072): SoftToken {
  const [label, pin] = ['Lubart вежа', '0042-вежа'];
  mkdirSync(join(folder, 'tokens'), { recursive: true });
  const settings = join(folder, 'softhsm2.conf');
  writeFileSync(
    settings,
    `directories.tokendir = ${join(folder, 'tokens')}\nobjectstore.backend = file\nlog.level = ERROR\n`,
  );
  process.env['SOFTHSM2_CONF'] = settings;
  const run = (program: string, ...given: string[]) => execFileSync(program, given, { stdio: 'pipe' }).toString();
  run('softhsm2-util', '--init-token', '--free', '--label', label, '--pin', pin, '--so-pin', 'so-00000');
  const tool = (...given: string[]) => run('pkcs11-tool', '--module', softModule, '--token-label', label, ...given);
  tool('--login', '--pin', pin, '--keypairgen', '--key-type', `rsa:${bits}`, '--id', '01', '--usage-decrypt');
  return { label, pin, address: `pkcs11:token=${encodeURIComponent(label)};id=%01`, tool };
}

/** Puts a script before the real tool on the PATH of this process; `calls` are the arguments of each call, one a line. */
export function standInTool(folder: string, script: string): { calls(): string[]; away(): void } {
  mkdirSync(folder, { recursive: true });
  const heard = join(folder, 'calls');
  const before = process.env['PATH'];
  writeFileSync(heard, '');
  writeFileSync(join(folder, 'pkcs11-tool'), `#!/bin/sh\necho "$@" >> '${heard}'\n${script}\n`);
  chmodSync(join(folder, 'pkcs11-tool'), 0o700);
  process.env['PATH'] = `${folder}${delimiter}${before}`;
  return {
    calls: () => readFileSync(heard, 'utf8').split('\n').filter(Boolean),
    away: () => void (process.env['PATH'] = before),
  };
}
