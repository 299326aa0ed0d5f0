/** `npm run bench -- …`: prepares the clone and runs the benchmarks; see bench/. */
import { join } from 'node:path';
import { launch, prepare, repository, run } from './prepare.mjs';

await launch(async () => {
  const { node } = await prepare();
  return run(node, [join(repository, 'bench', 'main.ts'), ...process.argv.slice(2)]);
});
