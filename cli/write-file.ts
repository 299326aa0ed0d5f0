/** Clients’ data goes into a file that only its owner may read, whole or not at all, and never over another file. */
import { existsSync } from 'node:fs';
import { link, open, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { Interrupted, UsageError } from './command.ts';

export type Written = { file: string; bytes: number };

/** @throws UsageError when the file is there already, Interrupted when `signal` ends it. What was begun is removed. */
export async function writeNewFile(
  path: string,
  bytes: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<Written> {
  const file = resolve(path);
  if (existsSync(file))
    throw new UsageError({ uk: '--output: такий файл уже є.', en: '--output: there is such a file already.' });
  const unfinished = join(dirname(file), `.${basename(file)}.${process.pid}.part`);
  const handle = await open(unfinished, 'wx', 0o600);
  let size = 0;
  try {
    for await (const part of bytes) {
      if (signal.aborted) throw new Interrupted();
      await handle.write(part);
      size += part.length;
    }
    await handle.sync();
    await link(unfinished, file); // fails when the name is taken, where a rename would replace what stands there
  } finally {
    await handle.close();
    await rm(unfinished, { force: true });
  }
  return { file, bytes: size };
}
