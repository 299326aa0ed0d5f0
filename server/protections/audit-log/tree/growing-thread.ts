/** The thread that grows the tree of a long log: it is given pieces in their order, and says when it is done with each. */
import { parentPort } from 'node:worker_threads';
import type { Growth } from './grow-anew.ts';
import { openGrowth } from './grow-anew.ts';
import type { Answered, Told } from './grow-in-thread.ts';

let growth: Growth;

parentPort!.on('message', (told: Told) => {
  if ('growing' in told) {
    growth = openGrowth(told.growing);
  } else if ('prunings' in told) {
    const grown = growth.end(told.prunings);
    const rooms = grown.levels.map(({ buffer }) => buffer);
    parentPort!.postMessage({ grown } satisfies Answered, rooms);
  } else {
    growth.add(told);
    parentPort!.postMessage({ added: true } satisfies Answered, []);
  }
});
