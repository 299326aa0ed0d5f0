/** `npm start`: prepares the clone and runs the server until it ends. Arguments go on to server/main.ts. */
import { join } from 'node:path';
import { launch, prepare, repository, run } from './prepare.mjs';

await launch(async () => {
  const { node } = await prepare({ web: true });
  // The channel tells the server when this launcher is killed outright; see server/kernel/lifecycle.ts.
  const stdio = ['inherit', 'inherit', 'inherit'];
  // The passphrase of the key file comes through an open file; see LUBART_KEYS_FD.
  const given = Number(process.env.LUBART_KEYS_FD ?? 0);
  for (let at = 3; at < given; at += 1) stdio[at] = 'ignore';
  if (given > 2) stdio[given] = given;
  stdio.push('ipc');
  return run(node, [join(repository, 'server', 'main.ts'), ...process.argv.slice(2)], { stdio });
});
