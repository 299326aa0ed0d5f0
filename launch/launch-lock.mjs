/**
 * Two launches of one clone at once: the second waits until the first has installed or built. The lock lies outside the
 * clone, for `npm ci` clears node_modules and a clone should stay clean; a lock whose holder is dead is taken over.
 */
import { createHash } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Runs `work` while holding the lock of `folder`; `tell` says once that it waits. */
export async function withLaunchLock(folder, tell, work) {
  const lock = lockPath(folder);
  let told = false;
  while (!take(lock)) {
    if (!told) tell('Lubart: another launch is preparing this folder; waiting for it …');
    told = true;
    await sleep(200);
  }
  try {
    return await work();
  } finally {
    if (holderOf(lock) === ownName) rmSync(lock, { force: true });
  }
}

const ownName = `${process.pid} ${startOf(process.pid) ?? ''}`;

function lockPath(folder) {
  const user = process.getuid?.() ?? 'user';
  const place = join(tmpdir(), `lubart-launch-${user}`);
  mkdirSync(place, { recursive: true, mode: 0o700 });
  // Attack: another user prepares the folder to keep us waiting for ever, or to have us write through a link.
  const owner = statSync(place).uid;
  if (process.getuid && owner !== process.getuid()) throw new Error(`${place} belongs to another user`);
  return join(place, `${createHash('sha256').update(folder).digest('hex').slice(0, 16)}.lock`);
}

/** The lock appears whole, with its holder inside: linking fails when it is there. */
function take(lock) {
  const own = `${lock}.${process.pid}`;
  writeFileSync(own, ownName);
  try {
    linkSync(own, lock);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    removeIfStale(lock);
    return false;
  } finally {
    rmSync(own, { force: true });
  }
}

function removeIfStale(lock) {
  const holder = holderOf(lock);
  if (holder === undefined || isAlive(holder)) return;
  const aside = `${lock}.stale-${process.pid}`;
  try {
    renameSync(lock, aside);
    // Between reading and moving, another launch may have replaced the stale lock: then it goes back.
    if (readFileSync(aside, 'utf8') !== holder) linkSync(aside, lock);
  } catch {
    // Somebody else was faster.
  }
  rmSync(aside, { force: true });
}

function holderOf(lock) {
  try {
    return readFileSync(lock, 'utf8');
  } catch {
    return undefined;
  }
}

function isAlive(holder) {
  const [pid, start] = holder.split(' ');
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    if (error.code !== 'EPERM') return false;
  }
  // The number may belong to another process by now; where the system tells, its start time decides.
  return !start || startOf(pid) === start;
}

/** When the process started, in clock ticks since boot; undefined where /proc does not say. */
function startOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
