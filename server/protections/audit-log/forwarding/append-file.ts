/**
 * Lines to a file in the data folder that a collector on this machine reads: appended, flushed before they count, open to its owner
 * only. The name is made here and never given: nobody writes elsewhere through it. A full file is put aside, and only so many are kept.
 */
import { constants } from 'node:fs';
import { mkdir, open, readdir, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { ForwardForm, ForwardProblem } from '#contract';
import type { Line } from './write-lines.ts';

export type FileTarget = { folder: string; id: string; form: ForwardForm; bytesMax?: number };

const bytesMax = 64 * 1024 * 1024;
const keptFiles = 10;

export const forwardFile = ({ folder, id, form }: Pick<FileTarget, 'folder' | 'id' | 'form'>) =>
  join(folder, `${id}.${form === 'cef' ? 'cef' : 'ndjson'}`);

/** null: written and flushed. */
export async function appendLines(target: FileTarget, lines: readonly Line[]): Promise<ForwardProblem | null> {
  const file = forwardFile(target);
  try {
    await mkdir(target.folder, { recursive: true, mode: 0o700 });
    const text = Buffer.from(lines.map((line) => `${line.text}\n`).join(''));
    if ((await append(file, text, target.bytesMax ?? bytesMax)) === 'full') {
      await rename(file, `${file}.before-${String(lines[0]!.index).padStart(15, '0')}`);
      await dropOldest(target.folder, file);
      await append(file, text, Infinity);
    }
    return null;
  } catch {
    return 'not_written';
  }
}

async function append(file: string, text: Buffer, roomMax: number): Promise<'full' | 'written'> {
  // Attack: a link in place of the file, so that the log is written where it does harm.
  const flags = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0);
  const handle = await open(file, flags, 0o600);
  try {
    const { size } = await handle.stat();
    if (size > 0 && size + text.length > roomMax) return 'full';
    await handle.chmod(0o600);
    // What a crash left half-written ends its line; it comes again as a whole.
    const last = Buffer.alloc(1);
    if (size > 0) await handle.read(last, 0, 1, size - 1);
    if (size > 0 && last[0] !== 10) await handle.writeFile('\n');
    await handle.writeFile(text);
    await handle.sync();
    return 'written';
  } finally {
    await handle.close();
  }
}

async function dropOldest(folder: string, file: string): Promise<void> {
  const own = (await readdir(folder))
    .map((name) => join(folder, name))
    .filter((one) => one.startsWith(`${file}.before-`));
  for (const one of own.toSorted().slice(0, -keptFiles)) await unlink(one);
}
