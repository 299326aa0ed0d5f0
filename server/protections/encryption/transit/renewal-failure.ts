/**
 * A renewal that failed, and when it is tried again: after an hour, two, four, up to a day, sooner towards the end of what still works,
 * later when the authority asks for it. It lies in a file beside the certificate, for a server that is started again and again must not
 * ask each time: authorities shut out who does (Let’s Encrypt: five failures of one name in an hour). Where no certificate works yet there is
 * nothing to go on with, and each start asks.
 */
import { readFile, rename, rm, writeFile } from 'node:fs/promises';

export type RenewalFailure = {
  /** Of the newest failure. */
  code: string;
  /** Failures one after another. */
  times: number;
  /** Of the first of them. */
  since: Date;
  nextTryAt: Date;
};

const hour = 3_600_000;
const pauseMillisMax = 24 * hour;

/** `wished`: how long the authority asks us to wait; `until`: the end of what still works. */
export function failAgain(
  before: RenewalFailure | null,
  { code, wished, until, now }: { code: string; wished: number; until: Date; now: Date },
): RenewalFailure {
  const times = (before?.times ?? 0) + 1;
  const left = until.getTime() - now.getTime();
  const grown = Math.min(hour * 2 ** Math.min(times - 1, 10), Math.max(hour, left / 4));
  const pause = Math.min(Math.max(grown, wished), pauseMillisMax);
  return { code, times, since: before?.since ?? now, nextTryAt: new Date(now.getTime() + pause) };
}

type Written = { code: string; times: number; since: string; nextTryAt: string };

export type FailureFile = {
  /** Null: there is none, or nothing that can be believed. */
  read(now: Date): Promise<RenewalFailure | null>;
  write(failure: RenewalFailure): Promise<void>;
  forget(): Promise<void>;
};

export function openFailureFile(file: string): FailureFile {
  return {
    read: async (now) => {
      try {
        const note = JSON.parse(await readFile(file, 'utf8')) as Written;
        const failure = { ...note, since: new Date(note.since), nextTryAt: new Date(note.nextTryAt) };
        if (typeof failure.code !== 'string' || !Number.isSafeInteger(failure.times)) return null;
        // Attack: the clock was ahead for a while, or somebody wrote a year into the file, and nothing is renewed any more.
        const waits = failure.nextTryAt.getTime() - now.getTime();
        return waits <= pauseMillisMax && failure.since <= now ? failure : null;
      } catch {
        return null;
      }
    },
    write: async (failure) => {
      await writeFile(`${file}.new`, JSON.stringify(failure), { mode: 0o600, flush: true });
      await rename(`${file}.new`, file);
    },
    forget: () => rm(file, { force: true }),
  };
}
