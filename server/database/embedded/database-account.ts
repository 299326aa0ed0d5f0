/**
 * PostgreSQL refuses to run as root, and rightly: its superuser can run programs. When Lubart itself runs as root the
 * server gets an account of its own that owns the database files and nothing else.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { LubartError } from '#kernel';

export type Account = { uid: number; gid: number };

/**
 * Used when the machine has no account called `lubart`. It needs no entry in /etc/passwd; it lies between the ranges
 * that useradd and systemd hand out, and below 65 536 so that it exists inside containers too.
 */
const ownNumber = 60_770;

/**
 * Undefined: run as the present user. As root: whoever owns the cluster already, else the account `lubart`, else a
 * number of our own.
 */
export function chooseAccount(clusterFolder: string): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const owner = ownerOf(clusterFolder);
  if (owner && owner.uid !== 0) return owner;
  const accounts = readAccounts();
  return accounts.get('lubart') ?? firstUsable([{ uid: ownNumber, gid: ownNumber }, ...namedAccounts(accounts)]);
}

/**
 * initdb looks its user up by name, so a bare number will not do; while it runs, a named account stands in.
 * @throws LubartError start.database_failed when the machine has no such account
 */
export function chooseInitAccount(account: Account): Account {
  const accounts = readAccounts();
  for (const named of accounts.values()) if (named.uid === account.uid) return account;
  return firstUsable(namedAccounts(accounts));
}

/** True when `account` can reach `folder` from the root of the file system. */
export function canReach(folder: string, account: Account): boolean {
  const cd = spawnSync('/bin/sh', ['-c', 'cd -- "$1"', 'sh', folder], { ...account, cwd: '/', stdio: 'ignore' });
  return cd.status === 0;
}

function ownerOf(folder: string): Account | undefined {
  try {
    const { uid, gid } = statSync(folder);
    return { uid, gid };
  } catch {
    return undefined;
  }
}

function readAccounts(): Map<string, Account> {
  const accounts = new Map<string, Account>();
  let text = '';
  try {
    text = readFileSync('/etc/passwd', 'utf8');
  } catch {
    // A machine without the file has no names; the caller says so.
  }
  for (const line of text.split('\n')) {
    const [name, , uid, gid] = line.split(':');
    if (name && Number(uid) > 0 && Number(gid) > 0) accounts.set(name, { uid: Number(uid), gid: Number(gid) });
  }
  return accounts;
}

function namedAccounts(accounts: Map<string, Account>): Account[] {
  const preferred = ['lubart', 'postgres', 'nobody', 'daemon'].map((name) => accounts.get(name));
  return [...preferred.filter((account) => account !== undefined), ...accounts.values()];
}

/** In a container with few user ids a number may not exist at all; the kernel is asked. */
function firstUsable(candidates: Account[]): Account {
  for (const account of candidates) {
    const shell = spawnSync('/bin/sh', ['-c', ':'], { ...account, cwd: '/', stdio: 'ignore' });
    if (shell.status === 0) return account;
  }
  throw new LubartError('start.database_failed', { details: { reason: 'no_unprivileged_account' } });
}
