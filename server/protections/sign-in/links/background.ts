/** Work that no answer waits for, so that its length tells nothing; a stop does wait for it. */

export type Background = { run(work: () => Promise<void>): void; settle(): Promise<void> };

/** Works that run at once; more are refused by not being done. */
const worksMax = 200;

export function openBackground(failed: (error: unknown) => void): Background {
  const running = new Set<Promise<void>>();
  return {
    run: (work) => {
      if (running.size >= worksMax) return;
      const done = work()
        .catch(failed)
        .finally(() => running.delete(done));
      running.add(done);
    },
    settle: async () => {
      while (running.size > 0) await Promise.all(running);
    },
  };
}
