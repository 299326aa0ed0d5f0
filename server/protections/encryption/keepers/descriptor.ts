/** What is read from an open file that whoever starts Lubart gave it; it can be read once. */
import { createReadStream } from 'node:fs';
import { LubartError } from '#kernel';

const secretBytesMax = 4_096;

/** @throws start.keys_locked */
export async function readDescriptor(descriptor: number): Promise<string> {
  const parts: Buffer[] = [];
  try {
    for await (const part of createReadStream('', { fd: descriptor, end: secretBytesMax })) parts.push(part as Buffer);
  } catch (error) {
    const reason = `descriptor_${String((error as NodeJS.ErrnoException).code)}`;
    throw new LubartError('start.keys_locked', { field: 'LUBART_KEYS', details: { reason } });
  }
  return Buffer.concat(parts).toString('utf8');
}
