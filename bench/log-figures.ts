/** The lines of the log’s measurements in RESULTS.md. */
import type { EntryResult, EntryShares } from './measure-entry.ts';
import type { LogResult } from './measure-log.ts';
import type { Took } from './measure-tree.ts';
import { number, row } from './table.ts';
import { judgeFigure } from './targets.ts';

export function logFigures({ share, append, sealedUpdate, rotation, resumption, tree, search }: LogResult): string[] {
  const entries = number(tree.entries);
  /** As many seconds as a million would take. */
  const perMillion = (seconds: number) => (seconds * 1_000_000) / tree.entries;
  const micros = (seconds: number, count: number) => (seconds * 1_000_000) / count;
  const verification = (what: string, { clock, processor }: Took) =>
    row(
      `${what}, ${entries} entries of ${tree.entryBytes} bytes, s`,
      `${number(clock, 2)} (${number(clock / tree.hashing, 1)}×; ${number(processor, 2)} of processor time)`,
      `SHA-256 alone, one thread: ${number(tree.hashing, 2)}`,
      '≤ 3 for a million',
      judgeFigure(perMillion(clock), 3, 'at most'),
    );
  return [
    ...entryFigures(share),
    row(
      `entries of their own at ${append.clients} clients, a second`,
      `${number(append.perSecond)} (${number(append.ratio, 2)} of it)`,
      `plain INSERT: ${number(append.floorPerSecond)}`,
      '≥ 0.90',
      judgeFigure(append.ratio, 0.9, 'at least'),
    ),
    ...sealedUpdate.map(({ field, plain, longer, processor }) =>
      row(
        `update of ${field}, sealed: processor time (by the clock)`,
        `+ ${number(processor.longer * 100, 1)} % (${number(longer * 100, 1)} %)`,
        `the same with nothing sealed: ${number(processor.plain, 2)} (${number(plain, 2)}) ms`,
        '≤ 18 % more',
        judgeFigure(processor.longer * 100, 18, 'at most'),
      ),
    ),
    row(
      `sealing into the tree, entries a second (${number(tree.sealed)})`,
      `${number(tree.sealed / tree.sealing.clock)} (${number(micros(tree.sealing.processor, tree.sealed))} µs of processor time each)`,
      `SHA-256 alone: ${number(tree.entries / tree.hashing)}`,
      '≥ 20 000',
      judgeFigure(tree.sealed / tree.sealing.clock, 20_000, 'at least'),
    ),
    row(
      `the index of the log behind it, entries a second`,
      `${number(tree.sealed / tree.indexing.clock)} (${number(micros(tree.indexing.processor, tree.sealed))} µs of processor time each)`,
      '',
      '',
      '',
    ),
    verification('verification in the database', tree.verify),
    verification(`verification of a file of ${number(tree.evidenceMib)} MiB without Lubart`, tree.evidence),
    row(
      `rotation of an organization’s key, values a second (${number(rotation.values)})`,
      `${number(rotation.perSecond)} (${number(rotation.perSecond / rotation.floorPerSecond, 2)} of it; ${number(micros(rotation.processorSeconds, rotation.values))} µs of processor time each)`,
      `plain UPDATE of as many rows: ${number(rotation.floorPerSecond)}`,
      '≥ 20 000',
      judgeFigure(rotation.perSecond, 20_000, 'at least'),
    ),
    row(
      'TLS connection to its first byte, resumed, ms',
      `${number(resumption.resumed, 2)} (${number(resumption.share * 100)} % resumed)`,
      `made anew: ${number(resumption.whole, 2)}`,
      'on',
      judgeFigure(resumption.share, 1, 'at least'),
    ),
    ...search.map(({ question, first, middle, late }) =>
      row(
        `found among as many entries again: ${question}, p95 (p50; the first time), ms`,
        `${number(late, 1)} (${number(middle, 1)}; ${number(first, 1)})`,
        '',
        '≤ 100',
        judgeFigure(Math.max(late, first), 100, 'at most'),
      ),
    ),
  ];
}

/** The target is the entry’s share of an update as it is made, over HTTP; within the process stands what the room does by itself. */
export function entryFigures({ room, http }: EntryResult): string[] {
  const figure = (what: string, { clock, processor }: EntryShares, isJudged: boolean) =>
    row(
      `audit entry, share of an update ${what}: of processor time (by the clock)`,
      `${number(processor.share * 100, 1)} % (${number(clock.share * 100, 1)} %)`,
      `without: ${number(processor.without, 2)} (${number(clock.without, 2)}) ms`,
      isJudged ? '≤ 10 %' : '',
      isJudged ? judgeFigure(Math.max(processor.share, clock.share) * 100, 10, 'at most') : '',
    );
  return [figure('over HTTP', http, true), figure('within the process', room, false)];
}
