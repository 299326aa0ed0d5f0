/** The thread that grows the tree of a long log: it is given pieces in their order, and says when it is done with each. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Growing } from './grow-anew.ts';
import { openGrowth } from './grow-anew.ts';
import type { Answered, Told } from './grow-in-thread.ts';

const growth = openGrowth(workerData as Growing);

parentPort!.on('message', (told: Told) => {
  if ('prunings' in told) {
    const grown = growth.end(told.prunings);
    const rooms = grown.levels.map(({ buffer }) => buffer);
    return parentPort!.postMessage({ grown } satisfies Answered, rooms);
  }
  growth.add(told);
  parentPort!.postMessage({ added: true } satisfies Answered, []);
});
