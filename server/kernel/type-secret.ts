/** A secret typed on the terminal without being shown. Ctrl-C is the end, as everywhere. */
import type { ReadStream } from 'node:tty';

export function typeSecret(terminal: ReadStream, prompt: string, signal?: AbortSignal): Promise<string> {
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
    signal?.addEventListener('abort', () => end(() => reject(new Error('aborted'))), { once: true });
    terminal.on('data', take);
    terminal.resume();
  });
}
