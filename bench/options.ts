/** What `npm run bench -- …` may be asked for. */

export const operations = [
  'list',
  'find',
  'open',
  'update',
  'create',
  'import',
  'export',
  'start',
  'memory',
  'audit',
  'gates',
  'log',
  'verify',
  'entry',
] as const;
export type Operation = (typeof operations)[number];

export type Options = {
  /** Contacts in the data folder; one round of measurements for each number. */
  rows: number[];
  only: ReadonlySet<Operation>;
  /** Seconds for each side of each operation at each concurrency. */
  seconds: number;
  concurrency: number[];
  /** Folder in which prepared data stays for the next run; a private one that goes away when absent. */
  keep: string | undefined;
  importRows: number;
  /** How long the log is that is sealed and verified; `verify` fills it up to there, and measures nothing else of the log. */
  logEntries: number;
  /** Where the table is written. */
  out: string;
  /** Writes CPU profiles of the server into this folder. */
  profile: string | undefined;
};

const help = `npm run bench -- [--rows 100000,1000000] [--only ${operations.join(',')}]
  [--seconds 3] [--concurrency 1,16] [--keep FOLDER] [--import-rows 100000] [--log-entries 1000000] [--out FILE] [--profile FOLDER]`;

/** Reads the command line. @throws Error with the usage when something in it is not known */
export function readOptions(argv: readonly string[], defaultOut: string): Options {
  const given = new Map<string, string>();
  for (let at = 0; at < argv.length; at += 2) given.set(argv[at]!, argv[at + 1] ?? '');
  const take = (name: string) => {
    const value = given.get(name);
    given.delete(name);
    return value === '' ? fail(`${name} needs a value`) : value;
  };
  const number = (name: string, fallback: number) => positive(name, take(name) ?? String(fallback));
  const numbers = (name: string, fallback: number[]) =>
    (take(name) ?? fallback.join(',')).split(',').map((text) => positive(name, text));
  const only = (take('--only') ?? operations.join(','))
    .split(',')
    .map((name) => operations.find((known) => known === name) ?? fail(`--only ${name}`));
  const options: Options = {
    rows: numbers('--rows', [100_000, 1_000_000]),
    only: new Set(only),
    seconds: number('--seconds', 3),
    concurrency: numbers('--concurrency', [1, 16]),
    keep: take('--keep'),
    importRows: number('--import-rows', 100_000),
    logEntries: number('--log-entries', 1_000_000),
    out: take('--out') ?? defaultOut,
    profile: take('--profile'),
  };
  if (given.size > 0) fail(`unknown: ${[...given.keys()].join(' ')}`);
  return options;
}

function positive(name: string, text: string): number {
  const value = Number(text);
  return Number.isFinite(value) && value > 0 ? value : fail(`${name} ${text}`);
}

function fail(what: string): never {
  throw new Error(`${what}\n${help}`);
}
