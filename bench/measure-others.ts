/** Export, and start. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { PreparedExportView } from '#contract';
import { openAged, recipient } from '../test/take-csv.ts';
import type { Company } from './prepare-company.ts';
import type { Served } from './serve.ts';
import { post, send, serveLubart } from './serve.ts';

export type ExportResult = { rows: number; perSecond: number; floorPerSecond: number };

/** The whole list as CSV for a key of age, from asking to the last byte: the owner’s right in Lubart; a cursor, in plain, in the floor. */
export async function measureExport(served: Served, floorOrigin: string, cookie: string): Promise<ExportResult> {
  const get = async (path: string) => read(await fetch(`${served.origin}/api/v1${path}`, { headers: { cookie } }));
  // More clients than may leave at once unless the company says so.
  const { version } = JSON.parse((await get('/security/exports')).toString('utf8')) as { version: number };
  const rules = { organization: { rows: 10_000_000, perDay: 1000 }, roles: [] };
  await read(await send('PUT', `${served.origin}/api/v1/security/export-rules`, { version, rules }, cookie));
  const floor = await taken(async () => read(await fetch(`${floorOrigin}/export`)));
  const lubart = await taken(async () => {
    const asked = { format: 'csv', protection: 'age', recipient };
    const made = await read(await post(served.origin, '/api/v1/contacts/export', asked, cookie));
    const { id } = (JSON.parse(made.toString('utf8')) as PreparedExportView).export;
    return get(`/exports/${id}/file`);
  });
  const rowsIn = (text: string) => text.trimEnd().split('\n').length - 1; // the headings
  const rows = rowsIn(await openAged(lubart.bytes));
  const floorRows = rowsIn(floor.bytes.toString('utf8'));
  return { rows, perSecond: rows / lubart.seconds, floorPerSecond: floorRows / floor.seconds };
}

async function taken(take: () => Promise<Buffer>): Promise<{ bytes: Buffer; seconds: number }> {
  const startedAt = performance.now();
  const bytes = await take();
  return { bytes, seconds: (performance.now() - startedAt) / 1000 };
}

async function read(response: Response): Promise<Buffer> {
  const bytes = Buffer.from(await response.arrayBuffer());
  if (!response.ok) throw new Error(`${response.url}: ${response.status} ${bytes.toString('utf8')}`);
  return bytes;
}

export type StartResult = { warm: number; first: number };

/** Milliseconds to the first answer: of a folder that was used before (median of three), and of one that is not there yet. */
export async function measureStart(base: string, company: Company): Promise<StartResult> {
  const warm: number[] = [];
  for (let at = 0; at < 3; at += 1) {
    const served = await serveLubart(company);
    warm.push(served.startedIn);
    await served.stop();
  }
  const folder = join(base, `first-${process.pid}`);
  const served = await serveLubart({
    folder: base,
    dataFolder: join(folder, 'data'),
    // In its own folder: the key of the log lies beside it.
    keyFile: join(folder, 'root.key'),
  });
  await served.stop();
  rmSync(folder, { recursive: true, force: true });
  return { warm: warm.toSorted((a, b) => a - b)[1]!, first: served.startedIn };
}
