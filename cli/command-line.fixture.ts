/** Runs `lubart` as a real process, with settings of its own and nothing of whoever runs the tests. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { childEnvironment } from '#test/child-environment.ts';

export type Ran = { code: number; stdout: string; stderr: string };
type Extra = { stdin?: string; env?: Record<string, string>; interruptOn?: RegExp };

export type CommandLine = {
  folder: string;
  /** The command’s outcome; its words are checked by the caller. */
  run(args: readonly string[], extra?: Extra): Promise<Ran>;
  /** The one object that --json printed. */
  json<T = Record<string, never>>(args: readonly string[], extra?: Extra): Promise<Ran & { data: T }>;
  close(): Promise<void>;
};

const main = fileURLToPath(new URL('main.ts', import.meta.url));
/** Milliseconds; a command that hangs must not hang the tests. */
const patience = 60_000;

export async function openCommandLine(settings: Record<string, string> = {}): Promise<CommandLine> {
  const folder = await mkdtemp(join(tmpdir(), 'lubart-cli-'));
  const own = {
    LUBART_DATA: join(folder, 'data'),
    LUBART_KEYS: join(folder, 'keys', 'root.key'),
    LUBART_LANGUAGE: 'en',
    ...settings,
  };
  const run = (args: readonly string[], { stdin = '', env = {}, interruptOn }: Extra = {}) =>
    new Promise<Ran>((resolve, reject) => {
      const child = spawn(process.execPath, [main, ...args], {
        env: { ...childEnvironment(), HOME: folder, ...own, ...env },
        stdio: ['pipe', 'pipe', 'pipe'],
        timeout: patience,
        killSignal: 'SIGKILL',
      });
      let [stdout, stderr] = ['', ''];
      child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        stderr += text;
        if (interruptOn?.test(stderr)) {
          interruptOn = undefined;
          setTimeout(() => child.kill('SIGINT'), 300);
        }
      });
      child.once('error', reject);
      child.once('close', (code) => resolve({ code: code ?? -1, stdout, stderr }));
      child.stdin.on('error', () => {}); // a command that reads nothing may be gone already
      child.stdin.end(stdin);
    });
  return {
    folder,
    run,
    json: async <T>(args: readonly string[], extra?: Extra) => {
      const ran = await run([...args, '--json'], extra);
      return { ...ran, data: JSON.parse(ran.stdout) as T };
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}
