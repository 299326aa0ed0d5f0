/**
 * Files of keys: read by their owner only, written whole and flushed before they get their name, because half a key file would look
 * like a lost key, and its folder flushed, so that the name survives a power cut too.
 */
import { randomBytes } from 'node:crypto';
import { link, mkdir, open as openFile, rename, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Two that start at one moment end with one file: a link, unlike a rename, never takes the place of what is there. */
export async function createPrivateFile(file: string, text: string): Promise<void> {
  const unfinished = await writeUnfinished(file, text);
  try {
    await link(unfinished, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await unlink(unfinished);
  }
  await flushFolder(dirname(file));
}

/** The new content or the old one, never a part. */
export async function replacePrivateFile(file: string, text: string): Promise<void> {
  await rename(await writeUnfinished(file, text), file);
  await flushFolder(dirname(file));
}

async function writeUnfinished(file: string, text: string): Promise<string> {
  const folder = dirname(file);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const unfinished = join(folder, `.unfinished-${randomBytes(6).toString('hex')}`);
  const handle = await openFile(unfinished, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return unfinished;
}

/** Windows cannot and need not. */
async function flushFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await openFile(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
