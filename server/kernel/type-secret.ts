/**
 * A secret typed on the terminal without being shown. Ctrl-C is the end, as everywhere; Ctrl-U begins anew; the end of input gives what is
 * there. Arrows and other keys that are no letters leave nothing in a secret that nobody sees.
 */
import type { ReadStream } from 'node:tty';

/** What a terminal sends for a key that is no letter (ECMA-48 §5.4, and SS3 for function keys). */
const keySequence = /\u001b(?:\[[0-9;?]*[ -/]*[@-~]|O.|.)?/gsu;

export function typeSecret(terminal: ReadStream, prompt: string, signal?: AbortSignal): Promise<string> {
  // Before anybody is asked: what is typed into the first moments must not be shown either.
  terminal.setRawMode(true);
  terminal.setEncoding('utf8');
  process.stderr.write(prompt);
  return new Promise((resolve, reject) => {
    let text = '';
    const end = (finish: () => void) => {
      terminal.setRawMode(false);
      terminal.off('data', take).off('end', hangUp).pause();
      process.stderr.write('\n');
      finish();
    };
    const hangUp = () => end(() => resolve(text));
    const take = (typed: string) => {
      for (const character of typed.replace(keySequence, '')) {
        if (character === '\r' || character === '\n' || character === '\u0004') return end(() => resolve(text));
        if (character === '\u0003') return end(() => process.emit('SIGINT', 'SIGINT'));
        if (character === '\u007f' || character === '\b') text = [...text].slice(0, -1).join('');
        else if (character === '\u0015') text = '';
        else if (character >= ' ') text += character;
      }
    };
    signal?.addEventListener('abort', () => end(() => reject(new Error('aborted'))), { once: true });
    terminal.on('data', take).once('end', hangUp);
    terminal.resume();
  });
}
