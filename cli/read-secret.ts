/** A secret from standard input: the first line of what is piped in, or typed without being shown. Never from an argument. */
import type { ReadStream } from 'node:tty';
import { Interrupted } from './command.ts';

/** Bytes; a password is far shorter. */
const secretBytesMax = 4_096;

/** @returns the line without its end; '' when there was none */
export async function readSecret(prompt: string, signal: AbortSignal): Promise<string> {
  return process.stdin.isTTY ? typed(process.stdin, prompt, signal) : piped();
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

function typed(terminal: ReadStream, prompt: string, signal: AbortSignal): Promise<string> {
  process.stderr.write(prompt);
  terminal.setRawMode(true);
  terminal.setEncoding('utf8');
  return new Promise((resolve, reject) => {
    let text = '';
    const end = (finish: () => void) => {
      terminal.setRawMode(false);
      terminal.off('data', take).pause();
      process.stderr.write('\n');
      finish();
    };
    const take = (typed: string) => {
      for (const character of typed) {
        if (character === '\r' || character === '\n') return end(() => resolve(text));
        if (character === '\u0003') return end(() => process.emit('SIGINT', 'SIGINT'));
        if (character === '\u007f' || character === '\b') text = [...text].slice(0, -1).join('');
        else text += character;
      }
    };
    signal.addEventListener('abort', () => end(() => reject(new Interrupted())), { once: true });
    terminal.on('data', take);
    terminal.resume();
  });
}
