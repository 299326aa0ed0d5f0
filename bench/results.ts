/** The table in RESULTS.md. */
import { writeFileSync } from 'node:fs';
import type { LoadResult } from './drive.ts';
import type { ImportResult } from './measure-import.ts';
import type { AuditResult, ExportResult, StartResult } from './measure-others.ts';

export type Round = {
  rows: number;
  loads: LoadResult[];
  seeded: { lubart: number; floorIndexes: number };
  start?: StartResult;
  memory?: { idle: number; loaded: number; peak: number };
  export?: ExportResult;
  audit?: AuditResult;
  import?: ImportResult;
};

export async function describeMachine(_argv: string[]): Promise<string[]> { return []; }
export function writeResults(out: string, machine: string[], rounds: Round[]): void { writeFileSync(out + '.json', JSON.stringify({ machine, rounds }, null, 1)); }
