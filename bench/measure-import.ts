/**
 * Import of a CSV file into an empty company, by HTTP as a person does it; the floor reads the same file and inserts its rows,
 * a thousand in a statement, with no check of anything. One after the other on the same server: neither disturbs the other.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, createWriteStream, existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ImportLookValue, ImportViewValue } from '#contract';
import { demoContactCells, demoContactHeadings, demoCsvLine, makeDemoContacts } from '../server/demo/index.ts';
import { floorAddress } from './floor-database.ts';
import { seed } from './invent-contacts.ts';
import { prepareEmptyCompany } from './prepare-company.ts';
import { cpuMillis, memoryMib, treeCpuMillis } from './processes.ts';
import { post, serveLubart, signIn } from './serve.ts';

export type ImportResult = {
  rows: number;
  fileBytes: number;
  uploadSeconds: number;
  perSecond: number;
  floorPerSecond: number;
  rejected: number;
  peakMib: number;
  /** Microseconds of processor time for one row. */
  nodeCpu: number;
  databaseCpu: number;
};

export async function measureImport(base: string, rows: number): Promise<ImportResult> {
  const file = join(base, `import-${rows}.csv`);
  if (!existsSync(file)) await writeCsvFile(file, rows);
  const company = await prepareEmptyCompany(join(base, `import-${process.pid}-${Date.now()}`));
  const served = await serveLubart(company);
  try {
    const floorPerSecond = rows / (await floorImport(file, floorAddress(served.address)));
    const cookie = await signIn(served.origin, company.folder, company.owner);
    const fileBytes = statSync(file).size;
    const uploadedAt = performance.now();
    const id = await upload(served.origin, cookie, file, fileBytes);
    const uploadSeconds = (performance.now() - uploadedAt) / 1000;
    const look = (await get(served.origin, `/api/v1/imports/${id}/look`, cookie)) as ImportLookValue;
    const mapping = Object.fromEntries(
      look.columns.filter(({ field }) => field !== null).map(({ index, field }) => [index, field]),
    );
    const before = { node: cpuMillis(served.pid), database: treeCpuMillis(served.postmaster) };
    const startedAt = performance.now();
    await requireOk(
      await post(
        served.origin,
        `/api/v1/imports/${id}/start`,
        { mapping, duplicates: { by: ['phone', 'email'], then: 'skip' }, defaults: {} },
        cookie,
      ),
    );
    let view: ImportViewValue;
    let databaseCpu = 0;
    do {
      await sleep(100);
      databaseCpu = Math.max(databaseCpu, treeCpuMillis(served.postmaster) - before.database);
      view = (await get(served.origin, `/api/v1/imports/${id}`, cookie)) as ImportViewValue;
    } while (view.state === 'running');
    const seconds = (performance.now() - startedAt) / 1000;
    if (view.state !== 'finished') throw new Error(`the import ended as ${view.state}: ${view.failure}`);
    return {
      rows,
      fileBytes,
      uploadSeconds,
      perSecond: view.rowsCreated / seconds,
      floorPerSecond,
      rejected: view.rowsRejected + view.rowsSkipped,
      peakMib: memoryMib(served.pid).peak,
      nodeCpu: ((cpuMillis(served.pid) - before.node) * 1000) / rows,
      databaseCpu: (databaseCpu * 1000) / rows,
    };
  } finally {
    await served.stop();
  }
}

async function upload(origin: string, cookie: string, file: string, sizeBytes: number): Promise<string> {
  const { id } = (await requireOk(
    await post(origin, '/api/v1/imports', { kind: 'contacts', fileName: 'clients.csv', sizeBytes }, cookie),
  )) as { id: string };
  const body = Readable.toWeb(createReadStream(file)) as unknown as NonNullable<RequestInit['body']>;
  const headers = { origin, cookie, 'content-type': 'application/octet-stream' };
  await requireOk(await fetch(`${origin}/api/v1/imports/${id}/file`, { method: 'PUT', headers, body, duplex: 'half' }));
  return id;
}

async function requireOk(response: Response): Promise<unknown> {
  if (!response.ok) throw new Error(`${response.url}: ${response.status} ${await response.text()}`);
  return response.json();
}

const get = async (origin: string, path: string, cookie: string) =>
  requireOk(await fetch(origin + path, { headers: { cookie } }));

/** Seconds that the floor’s import takes, in a process of its own. */
async function floorImport(file: string, address: object): Promise<number> {
  const script = fileURLToPath(new URL('floor-import.ts', import.meta.url));
  const child = spawn(process.execPath, [script, JSON.stringify(address), file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  await once(child, 'exit');
  return Number(line.toString());
}

async function writeCsvFile(file: string, rows: number): Promise<void> {
  const out = createWriteStream(file);
  out.write(demoCsvLine(demoContactHeadings));
  for (const contact of makeDemoContacts(rows, seed, new Date('2026-11-02T00:00:00Z'))) {
    if (!out.write(demoCsvLine(demoContactCells(contact)))) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
}
