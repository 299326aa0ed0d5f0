/** A secret from standard input: the first line of what is piped in, or typed without being shown. Never from an argument. */
import { typeSecret } from '#kernel';
import { Interrupted } from './command.ts';

/** Bytes; a password is far shorter. */
const secretBytesMax = 4_096;

/** @returns the line without its end; '' when there was none */
export async function readSecret(prompt: string, signal: AbortSignal): Promise<string> {
  if (!process.stdin.isTTY) return piped();
  return typeSecret(process.stdin, prompt, signal).catch((error: unknown) => {
    throw signal.aborted ? new Interrupted() : error;
  });
}

async function piped(): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of process.stdin as AsyncIterable<Buffer>) {
    parts.push(part);
    size += part.length;
    if (size > secretBytesMax || part.includes(10)) break;
  }
  return firstLine(Buffer.concat(parts).toString('utf8'));
}

const firstLine = (text: string) => text.replace(/^\uFEFF/, '').split(/\r?\n/, 1)[0] ?? '';
