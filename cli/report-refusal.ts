/** How a refusal leaves: words on standard error, with --json the one object on standard output, and an exit code. */
import type { ErrorCode, Language } from '#contract';
import { LubartError } from '#kernel';
import { Interrupted, UsageError } from './command.ts';
import type { ExitCode } from './exit-codes.ts';
import { exitCodeOf, exitCodes } from './exit-codes.ts';
import { plain } from './print-table.ts';

type Speaking = { language: Language; json: boolean };
type More = { message?: string; field?: string | undefined; details?: object | undefined };

/** Says on standard error what was refused and why; with --json the one object says it too. Returns the exit code. */
export async function reportRefusal(error: unknown, { language, json }: Speaking): Promise<number> {
  const say = (code: ErrorCode, text: string, exitCode: ExitCode, more: More = {}) =>
    sayRefusal(json, code, text, exitCode, more);
  if (error instanceof Interrupted)
    return say('request.aborted', { uk: 'Перервано.', en: 'Interrupted.' }[language], exitCodes.interrupted);
  if (error instanceof UsageError) {
    const pointer = { uk: 'Довідка: npm run lubart -- --help', en: 'Help: npm run lubart -- --help' }[language];
    return say('cli.usage', `${error.said[language]}\n${pointer}`, exitCodes.usage, { message: error.said[language] });
  }
  const { describeCause, inWords } = await import('#http');
  if (error instanceof LubartError) {
    const { code, field, details } = error;
    const facts = Object.entries({ ...(field === undefined ? {} : { field }), ...details }).map(
      ([name, value]) => `\n  ${name}: ${plain(value)}`,
    );
    const message = inWords(error, language);
    return say(code, `${message} [${code}]${facts.join('')}`, exitCodeOf(code), { message, field, details });
  }
  const fault = error as NodeJS.ErrnoException;
  if (typeof fault.code === 'string' && fault.path !== undefined) {
    const missing =
      fault.code === 'ENOENT' ? { uk: 'немає такого файлу', en: 'there is no such file' }[language] : fault.code;
    const exitCode = fault.code === 'ENOENT' ? exitCodes.notFound : exitCodes.failed;
    return say('server.failed', `${plain(fault.path)}: ${missing}`, exitCode, { details: { reason: fault.code } });
  }
  // The message of an unforeseen error may quote a client’s data: its kind and place are enough to find it.
  return say(
    'server.failed',
    `${inWords({ code: 'server.failed' }, language)} ${JSON.stringify(describeCause(error))}`,
    exitCodes.failed,
  );
}

function sayRefusal(json: boolean, code: ErrorCode, text: string, exitCode: ExitCode, more: More): number {
  process.stderr.write(`lubart: ${text}\n`);
  if (json) process.stdout.write(`${JSON.stringify({ error: { code, message: more.message ?? text, ...more } })}\n`);
  return exitCode;
}
