/**
 * What the walls and the chronicle cost: the audit log appended to, sealed into its tree and verified; an update that is sealed beside
 * the same one that is not; keys replaced; a TLS session resumed. Nobody else is served meanwhile: PostgreSQL alone runs on the
 * prepared folder, and every figure stands beside its floor, measured in turn.
 */
import type { DatabaseAddress } from '#database';
import { openDatabase, startEmbeddedPostgres } from '#database';
import { systemClock } from '#kernel';
import { openKeyring, openRootKeyFile } from '#protections/encryption';
import type { LogBench } from './log-parts.ts';
import type { AppendResult } from './measure-append.ts';
import { measureAppend } from './measure-append.ts';
import type { EntryResult } from './measure-entry.ts';
import { measureEntry } from './measure-entry.ts';
import type { ResumptionResult } from './measure-resumption.ts';
import { measureResumption } from './measure-resumption.ts';
import type { RotationResult } from './measure-rotation.ts';
import { measureRotation } from './measure-rotation.ts';
import type { SealedUpdateResult } from './measure-sealed-update.ts';
import { measureSealedUpdate } from './measure-sealed-update.ts';
import type { TreeResult } from './measure-tree.ts';
import { countEntries, measureTree } from './measure-tree.ts';
import type { LogSearchResult } from './measure-log-search.ts';
import { measureLogSearch } from './measure-log-search.ts';
import type { Company } from './prepare-company.ts';

export type LogResult = {
  share: EntryResult;
  append: AppendResult;
  sealedUpdate: SealedUpdateResult[];
  rotation: RotationResult;
  resumption: ResumptionResult;
  tree: TreeResult;
  search: LogSearchResult[];
};

const timesOfEntry = 3;

/** `entries`: how long the log is that is sealed and verified. */
export async function measureLog(company: Company, entries: number, tell: (line: string) => void): Promise<LogResult> {
  const parts = await measureParts(company, entries, tell);
  const search = await measureLogSearch(company, entries);
  tell(`finding: ${JSON.stringify(search)}`);
  return { ...parts, search };
}

/** The tree alone: sealed up to so many entries, and verified. */
export async function measureVerification(
  company: Company,
  entries: number,
  tell: (line: string) => void,
): Promise<void> {
  await withLog(company, async (given) => {
    const missing = Math.max(0, entries - (await countEntries(given)));
    tell(`the tree: ${JSON.stringify(await measureTree(given, missing))}`);
  });
}

/** What an entry costs an update, alone: several times, for the runs of a shared machine differ. */
export async function measureEntries(company: Company, tell: (line: string) => void): Promise<void> {
  await withLog(company, async ({ address }) => {
    for (let time = 0; time < timesOfEntry; time += 1)
      tell(`an entry in an update: ${JSON.stringify(await measureEntry(company, address))}`);
  });
}

function measureParts(company: Company, entries: number, tell: (line: string) => void) {
  const told = async <T>(what: string, work: Promise<T>): Promise<T> => {
    const result = await work;
    tell(`${what}: ${JSON.stringify(result)}`);
    return result;
  };
  return withLog(company, async (given): Promise<Omit<LogResult, 'search'>> => ({
    share: await told('an entry in an update', measureEntry(company, given.address)),
    append: await told('entries of their own', measureAppend(given)),
    sealedUpdate: await told('a sealed update', measureSealedUpdate(given)),
    rotation: await told('rotation', measureRotation(given)),
    resumption: await told('resumption', measureResumption()),
    tree: await told('the tree', measureTree(given, entries)),
  }));
}

async function withLog<T>(company: Company, work: (given: LogBench) => Promise<T>): Promise<T> {
  const { socketFolder, port, superuser, database: name, password, stop } = await startEmbeddedPostgres(company);
  const secret = password === undefined ? {} : { password };
  const address: DatabaseAddress = { socketFolder, port, superuser, database: name, ...secret };
  const database = openDatabase(address, 10);
  try {
    const root = await openRootKeyFile(company.keyFile, false);
    const keyring = openKeyring(root, database, { refreshMillis: 20, leaseMillis: 100 });
    return await work({ company, address, database, root, keyring, clock: systemClock });
  } finally {
    await database.close();
    await stop();
  }
}
