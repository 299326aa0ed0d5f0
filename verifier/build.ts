/**
 * Makes the two verifiers that others take away: one page and one command, each a single file that needs nothing else. The same source
 * makes the same bytes, so that their hashes can be compared with those of another build.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';

export const verifierFiles = { page: 'lubart-verifier.html', command: 'lubart-verify.mjs' } as const;

const here = import.meta.dirname;
const cspHash = (text: string) => `sha256-${createHash('sha256').update(text).digest('base64')}`;

/** Writes both into `folder`. */
export async function buildVerifiers(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const script = (await bundle('page.ts', 'iife')).replaceAll('</script', '<\\/script').trim();
  const page = readFileSync(join(here, 'page.html'), 'utf8');
  const whole = page.replace('__SCRIPT__', () => script);
  const partOf = (form: RegExp) => form.exec(whole)![1]!;
  const filled = whole
    .replace('__STYLE_HASH__', cspHash(partOf(/<style>([\s\S]*?)<\/style>/)))
    .replace('__SCRIPT_HASH__', cspHash(partOf(/<script>([\s\S]*?)<\/script>/)));
  writeFileSync(join(folder, verifierFiles.page), filled);
  writeFileSync(join(folder, verifierFiles.command), await bundle('command.ts', 'es'));
}

async function bundle(entry: string, format: 'iife' | 'es'): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    root: here,
    publicDir: false,
    build: {
      write: false,
      target: format === 'es' ? 'node20' : 'es2022',
      minify: format === 'iife',
      rolldownOptions: {
        input: join(here, entry),
        platform: format === 'es' ? 'node' : 'browser',
        external: format === 'es' ? [/^node:/] : [],
        output: { format, codeSplitting: false },
      },
    },
  });
  const { output } = (Array.isArray(built) ? built[0]! : built) as { output: { type: string; code?: string }[] };
  const chunks = output.filter(({ type }) => type === 'chunk');
  if (chunks.length !== 1) throw new Error('a verifier is one file');
  return chunks[0]!.code!;
}
