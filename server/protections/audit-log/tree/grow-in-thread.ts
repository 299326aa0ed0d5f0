/**
 * Who grows the tree of a log: this thread, or for a long log one of its own, so that entries are read while others are hashed. Both do the
 * same (grow-anew.ts).
 */
import { Worker } from 'node:worker_threads';
import type { Grown, Growing, Growth } from './grow-anew.ts';
import { openGrowth } from './grow-anew.ts';
import type { Piece, Room } from './read-piece.ts';

export type Grower = {
  /** First of all, once. */
  begin(growing: Growing): void;
  /** Waits while too many pieces are under way; the piece must not be touched any more. */
  add(piece: Piece): Promise<void>;
  /** @throws what went wrong in the thread */
  end(...given: Parameters<Growth['end']>): Promise<Grown>;
  close(): Promise<void>;
  /** Rooms of pieces that nobody needs any more. */
  readonly spare: Room[];
};

export function growHere(): Grower {
  let growth: Growth;
  const spare: Grower['spare'] = [];
  return {
    begin: (growing) => (growth = openGrowth(growing)),
    add: async (piece) => {
      growth.add(piece);
      spare.push(piece);
    },
    end: async (prunings) => growth.end(prunings),
    close: async () => {},
    spare,
  };
}

/** What the thread is told: what there is, a piece, or that there is no more and what else may explain its gaps; and what it answers. */
export type Told = { readonly growing: Growing } | Piece | { readonly prunings: readonly Uint8Array[] };
export type Answered = { readonly added: true } | { readonly grown: Grown };

const underwayMax = 3;

export function growInThread(): Grower {
  const worker = new Worker(new URL('./growing-thread.ts', import.meta.url));
  const spare: Grower['spare'] = [];
  const underway: Room[] = [];
  let grown: Grown | undefined;
  let failure: unknown;
  let wake = (): void => {};
  worker.on('message', (answered: Answered) => {
    if ('added' in answered) spare.push(underway.shift()!);
    else grown = answered.grown;
    wake();
  });
  const failed = (error: unknown): void => {
    failure ??= error;
    wake();
  };
  worker.on('error', failed).on('exit', () => failed(new Error('the thread that grows the tree ended')));
  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isSo()) {
      if (failure !== undefined) throw failure;
      await new Promise<void>((resolve) => (wake = resolve));
    }
  };
  const tell = (told: Told): void => worker.postMessage(told, []);
  return {
    begin: (growing) => tell({ growing }),
    add: async (piece) => {
      await until(() => underway.length < underwayMax);
      underway.push(piece);
      tell(piece);
    },
    end: async (prunings = []) => {
      tell({ prunings });
      await until(() => grown !== undefined);
      return grown!;
    },
    close: async () => {
      await worker.terminate();
    },
    spare,
  };
}
