/**
 * `npm run check`: everything about the code that can be judged without running it, side by side: types, lint, form,
 * unused code, import rules. Each step says its time; what a failed one printed follows.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { filesUnder, launch, prepare, repository } from './prepare.mjs';

/** @returns {Promise<number>} 0 when every step passed */
export async function check(node) {
  const startedAt = performance.now();
  const waiting = steps();
  let failed = 0;
  const work = async () => {
    for (let step = waiting.shift(); step; step = waiting.shift()) {
      const { code, output, seconds } = await runStep(node, step);
      console.log(`${code === 0 ? '✔' : '✖'} ${step.name.padEnd(14)} ${seconds.toFixed(1)} s`);
      if (code === 0) continue;
      failed++;
      console.log(output.trimEnd());
    }
  };
  // The steps use several threads of their own; more than two at once only make each other slow.
  await Promise.all(Array.from({ length: Math.min(3, availableParallelism()) }, work));
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(failed === 0 ? `✔ check passed in ${seconds} s` : `✖ check: ${failed} of its steps failed, ${seconds} s`);
  return failed === 0 ? 0 : 1;
}

/** Longest first, so that the end is not one step alone. */
function steps() {
  const bin = (name) => join(repository, 'node_modules', name);
  const found = [
    { name: 'lint', args: [bin('oxlint/bin/oxlint'), '--type-aware', '--deny-warnings'] },
    { name: 'types', args: [bin('typescript/lib/tsc.js'), '-p', 'tsconfig.json', '--pretty', 'false'] },
    { name: 'unused', args: [bin('knip/bin/knip.js'), '--no-progress'] },
    { name: 'form', args: [bin('oxfmt/bin/oxfmt'), '--check'] },
  ];
  if (existsSync(join(repository, 'web', 'tsconfig.json'))) {
    found.splice(2, 0, {
      name: 'types of web',
      args: [bin('typescript/lib/tsc.js'), '-p', join('web', 'tsconfig.json'), '--pretty', 'false'],
    });
  }
  const rules = [...filesUnder(repository, 'test'), 'architecture.test.ts'].filter(
    (file) => /(^|[\\/])(architecture|tidy)\.test\.ts$/.test(file) && existsSync(join(repository, file)),
  );
  if (rules.length > 0) found.push({ name: 'import rules', args: ['--test', '--test-reporter=spec', ...rules] });
  return found;
}

function runStep(node, { args }) {
  return new Promise((done) => {
    const startedAt = performance.now();
    const child = spawn(node, args, {
      cwd: repository,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, FORCE_COLOR: '0' },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (output += text));
    const end = (code) => done({ code, output, seconds: (performance.now() - startedAt) / 1000 });
    child.once('error', (error) => ((output += error.message), end(1)));
    child.once('close', (code) => end(code ?? 1));
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await launch(async () => {
    const { node } = await prepare();
    return check(node);
  });
}
