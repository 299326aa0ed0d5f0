/**
 * A program on a real terminal: a pseudo-terminal made by `script` of util-linux, which shows what is typed unless the program turns that
 * off. What is on the screen is all that somebody behind the chair could read.
 */
import { execFileSync, spawn } from 'node:child_process';

export type Terminal = {
  /** Waits until this is on the screen. */
  shows(what: RegExp): Promise<void>;
  type(text: string): void;
  screen(): string;
  /** Ends it when the test is over. */
  close(): void;
  readonly end: Promise<number>;
};

export const noTerminal = findScript()
  ? false
  : 'script of util-linux 2.36 or newer is not installed (Debian: bsdutils)';
const patienceMillis = 90_000;

function findScript(): boolean {
  try {
    const [, major, minor] = /util-linux (\d+)\.(\d+)/.exec(execFileSync('script', ['--version']).toString()) ?? [];
    return Number(major) > 2 || (Number(major) === 2 && Number(minor) >= 36);
  } catch {
    return false;
  }
}

/** `command` is a line of the shell. */
export function openTerminal(command: string, env: Record<string, string> = {}): Terminal {
  const child = spawn('script', ['-q', '-e', '-f', '-E', 'always', '-c', command, '/dev/null'], {
    env: { PATH: process.env['PATH'] ?? '', SHELL: '/bin/sh', TERM: 'xterm', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let screen = '';
  const watchers = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    screen += text;
    for (const look of watchers) look();
  });
  child.stdin.on('error', () => {}); // it may have ended
  const end = new Promise<number>((resolve) => child.once('close', (code) => resolve(code ?? -1)));
  return {
    screen: () => screen,
    type: (text) => void child.stdin.write(text),
    shows: (what) =>
      new Promise((resolve, reject) => {
        const finish = (act: () => void) => {
          clearTimeout(timer);
          watchers.delete(look);
          act();
        };
        const fail = () => finish(() => reject(new Error(`${String(what)} is not on the screen: ${screen}`)));
        const timer = setTimeout(fail, patienceMillis);
        const look = () => {
          if (what.test(screen)) finish(resolve);
        };
        watchers.add(look);
        look();
        void end.then(() => setImmediate(() => (what.test(screen) ? look() : fail())));
      }),
    close: () => void child.kill('SIGTERM'),
    end,
  };
}
