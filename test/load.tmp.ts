import { readFileSync } from 'node:fs';
import http from 'node:http';
const { cookie, origin } = JSON.parse(readFileSync('/tmp/lubart/run/owner.json', 'utf8'));
const agent = new http.Agent({ keepAlive: true, maxSockets: 16 });
const one = (method: string, path: string, body?: string) => new Promise<number>((res, rej) => { const r = http.request(origin + path, { method, agent, headers: { cookie, origin, ...(body ? { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) } : {}) } }, (m) => { m.resume(); m.on('end', () => res(m.statusCode!)); }); r.on('error', rej); r.end(body); });
for (const [name, m, p, b] of [['list', 'GET', '/api/v1/contacts?limit=50'], ['find', 'POST', '/api/v1/contacts/find', '{"text":"шевч тар"}'], ['find phone', 'POST', '/api/v1/contacts/find', '{"text":"012345"}'], ['list name', 'GET', '/api/v1/contacts?limit=50&sort=name']] as const)
 for (const conc of [1, 16]) {
  await one(m, p, b); const lat: number[] = []; const end = performance.now() + 4000; let bad = 0;
  await Promise.all(Array.from({ length: conc }, async () => { while (performance.now() < end) { const t = performance.now(); if (await one(m, p, b) !== 200) bad++; lat.push(performance.now() - t); } }));
  lat.sort((a, b) => a - b); console.log(name, conc, 'rps', (lat.length / 4).toFixed(0), 'p50', lat[lat.length >> 1]!.toFixed(2), 'p95', lat[(lat.length * 0.95) | 0]!.toFixed(2), 'bad', bad);
 }
agent.destroy();
