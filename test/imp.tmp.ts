import { readFileSync } from 'node:fs';
import { openClient } from './client.ts';
const { cookie, origin } = JSON.parse(readFileSync('/tmp/lubart/run/owner.json', 'utf8'));
const c = openClient(origin, cookie);
const csv = readFileSync(process.argv[2]!);
const imp = await c.call('POST /api/v1/imports', { body: { kind: 'contacts', fileName: 'b.csv', sizeBytes: csv.length } });
let t0 = performance.now();
const put = await c.put(`/api/v1/imports/${imp.body.id}/file`, csv); console.log(put.status, 'upload ms', performance.now() - t0);
const look = (await c.call('GET /api/v1/imports/:id/look', { params: { id: imp.body.id } })).body;
console.log(look.columns?.map((x: any) => x.heading + '→' + x.field).join(' '));
const mapping = Object.fromEntries(look.columns.filter((x: any) => x.field).map((x: any) => [String(x.index), x.field]));
t0 = performance.now();
await c.call('POST /api/v1/imports/:id/start', { params: { id: imp.body.id }, body: { mapping, duplicates: { by: ['phone', 'email'], then: 'skip' }, defaults: {} } });
for (;;) { await new Promise(r => setTimeout(r, 1000)); const v = (await c.call('GET /api/v1/imports/:id', { params: { id: imp.body.id } })).body; console.log(v.state, v.rowsRead, v.rowsPerSecond, v.remainingSeconds, v.failure); if (v.state !== 'running') { const s = (new Date(v.finishedAt).getTime() - new Date(v.startedAt).getTime()) / 1000; console.log(v.rowsCreated, v.rowsSkipped, v.rowsRejected, 'seconds', s, 'rows/s', v.rowsRead / s); break; } }
