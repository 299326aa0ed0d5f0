/**
 * A token is asked through `pkcs11-tool` of OpenSC, a process of its own: the maker’s library is foreign code, and when it crashes, hangs
 * or leaks, what serves people does not. The PIN goes in the environment of that one process (`--pin env:`), which only its owner can
 * read, never among its arguments, which everybody can. What is decrypted comes through a pipe and never lies in a file.
 */
import { spawn } from 'node:child_process';
import { realpath, stat } from 'node:fs/promises';
import { LubartError, type Secret } from '#kernel';

export type TokenCall = { arguments: readonly string[]; pin?: Secret<Buffer>; input?: Buffer };
export type TokenAnswer = { ok: boolean; bytes: Buffer; said: string };
export type TokenTool = (call: TokenCall) => Promise<TokenAnswer>;

const program = 'pkcs11-tool';
const answerMillisMax = 30_000;
const answerBytesMax = 262_144;
const pinName = 'TOKEN_PIN';

/** @throws start.keys_token_missing when there is no module, or others could put another in its place */
export async function openTokenTool(module: string | undefined, millis = answerMillisMax): Promise<TokenTool> {
  if (module === undefined) throw missing('module_not_named');
  const file = await realpath(module).catch(() => undefined);
  const found = file === undefined ? undefined : await stat(file);
  if (found?.isFile() !== true) throw missing('module_missing', { module });
  // Attack: a library of somebody else hears the PIN.
  if (process.platform !== 'win32' && (found.mode & 0o022) !== 0)
    throw missing('module_writable_by_others', { module });
  return (call) => run(['--module', file!, ...call.arguments], call, millis);
}

function run(given: readonly string[], { pin, input }: TokenCall, millis: number): Promise<TokenAnswer> {
  return new Promise((resolve, reject) => {
    const login = pin === undefined ? [] : ['--login', '--pin', `env:${pinName}`];
    const child = spawn(program, [...given, ...login], {
      env: { ...surroundings(), ...(pin === undefined ? {} : { [pinName]: pin.expose().toString('utf8') }) },
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: millis,
      killSignal: 'SIGKILL',
      windowsHide: true,
    });
    const bytes: Buffer[] = [];
    const said: Buffer[] = [];
    let size = 0;
    const hear = (parts: Buffer[]) => (part: Buffer) => {
      parts.push(part);
      size += part.length;
      if (size > answerBytesMax) child.kill('SIGKILL');
    };
    child.stdout.on('data', hear(bytes));
    child.stderr.on('data', hear(said));
    child.stdin.on('error', () => {}); // it may have ended without reading
    child.stdin.end(input ?? Buffer.alloc(0));
    child.once('error', (error: NodeJS.ErrnoException) =>
      reject(missing(error.code === 'ENOENT' ? 'pkcs11-tool_missing' : `pkcs11-tool_${String(error.code)}`)),
    );
    child.once('close', (code, signal) => {
      if (signal !== null) return reject(down(signal === 'SIGKILL' ? 'no_answer' : signal));
      return resolve({ ok: code === 0, bytes: Buffer.concat(bytes), said: Buffer.concat(said).toString('utf8') });
    });
  });
}

/** The maker’s library reads settings of its own (SOFTHSM2_CONF, …); what is ours stays here. */
function surroundings(): NodeJS.ProcessEnv {
  const foreign = Object.entries(process.env).filter(([name]) => !/^(LUBART_|DATABASE_URL$|NODE_)/.test(name));
  return { ...Object.fromEntries(foreign), LC_ALL: 'C' };
}

export const missing = (reason: string, details: Record<string, string> = {}) =>
  new LubartError('start.keys_token_missing', {
    field: 'LUBART_PKCS11_MODULE',
    details: { by: 'pkcs11', reason, ...details },
  });

export const down = (reason: string) =>
  new LubartError('start.keys_keeper_down', { field: 'LUBART_KEYS', details: { by: 'pkcs11', reason } });
