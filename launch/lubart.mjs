/** `npm run lubart -- <command>`: prepares the clone and runs the command line. Says nothing of its own on stdout. */
import { join } from 'node:path';
import { launch, prepare, repository, run } from './prepare.mjs';

await launch(async () => {
  const { node } = await prepare();
  return run(node, [join(repository, 'cli', 'main.ts'), ...process.argv.slice(2)]);
});
