/**
 * The driver, a process of its own: asks the floor and Lubart in turn, in short slices, so that whatever else this machine does
 * falls on both. Started by main.ts, which sends one plan and gets one result for each operation and concurrency.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpConnection } from './http-connection.ts';
import { openConnection } from './http-connection.ts';
import type { Company } from './prepare-company.ts';
import { cpuMillis, treeCpuMillis } from './processes.ts';
import type { Load, RequestMaker, Side, Target } from './requests.ts';
import { openRequest, requestMaker, updateRequest } from './requests.ts';
import type { Sample } from './seed-contacts.ts';

export type Plan = {
  company: Pick<Company, 'samples' | 'manager'>;
  cookie: string;
  ports: Record<Side, number>;
  pids: Record<Side, number>;
  postmaster: number;
  loads: Load[];
  concurrency: number[];
  seconds: number;
};

export type SideResult = {
  /** Median of the slices. */
  perSecond: number;
  p50: number;
  p95: number;
  p99: number;
  requests: number;
  errors: number;
  bytes: number;
  /** Processor milliseconds for one request: the server’s process, and PostgreSQL. */
  serverCpu: number;
  databaseCpu: number;
};
export type LoadResult = {
  load: Load;
  concurrency: number;
  floor: SideResult;
  lubart: SideResult;
  ratio: number;
  driverCpuShare: number;
};

/** Seconds of one slice; shorter ones measure the beginning more than the rest. */
const sliceSeconds = 0.6;
const sides = ['floor', 'lubart'] as const;

type Slice = {
  perSecond: number;
  latencies: number[];
  errors: number;
  bytes: number;
  serverCpu: number;
  databaseCpu: number;
};
type Version = { version: number };

class Slots {
  readonly connections: Record<Side, HttpConnection[]>;
  /** Versions of the clients that updates change; each slot has clients of its own. */
  readonly versions = new Map<string, number>();
  turn = 0;

  constructor(ports: Record<Side, number>, count: number) {
    const open = (port: number) => Array.from({ length: count }, () => openConnection(port));
    this.connections = { floor: open(ports.floor), lubart: open(ports.lubart) };
  }

  close(): void {
    for (const side of sides) for (const connection of this.connections[side]) connection.close();
  }
}

async function measure(plan: Plan, make: RequestMaker, load: Load, concurrency: number): Promise<LoadResult> {
  const slots = new Slots(plan.ports, concurrency);
  const slices: Record<Side, Slice[]> = { floor: [], lubart: [] };
  const warmSeconds = concurrency === plan.concurrency[0] ? 1.5 : 0.3; // pages are read, statements planned, code compiled
  for (const side of sides) await runSlice(plan, make, slots, side, load, warmSeconds);
  const rounds = Math.max(2, Math.round(plan.seconds / sliceSeconds));
  const begun = { cpu: process.cpuUsage(), at: performance.now() };
  for (let round = 0; round < rounds; round += 1) {
    for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
      slices[side].push(await runSlice(plan, make, slots, side, load, sliceSeconds));
      await sleep(20);
    }
  }
  const used = process.cpuUsage(begun.cpu);
  slots.close();
  return {
    load,
    concurrency,
    floor: sumUp(slices.floor),
    lubart: sumUp(slices.lubart),
    ratio: median(slices.lubart.map((slice, at) => slice.perSecond / slices.floor[at]!.perSecond)),
    driverCpuShare: (used.user + used.system) / 1000 / (performance.now() - begun.at),
  };
}

async function runSlice(
  plan: Plan,
  make: RequestMaker,
  slots: Slots,
  side: Side,
  load: Load,
  seconds: number,
): Promise<Slice> {
  const target: Target = plan;
  const slice: Slice = { perSecond: 0, latencies: [], errors: 0, bytes: 0, serverCpu: 0, databaseCpu: 0 };
  const before = { server: cpuMillis(plan.pids[side]), database: treeCpuMillis(plan.postmaster) };
  const startedAt = performance.now();
  const end = startedAt + seconds * 1000;
  const step = load === 'update phone' || load === 'update note' ? stepUpdate : stepPlain;
  await Promise.all(
    slots.connections[side].map(async (connection, slot) => {
      while (performance.now() < end) await step({ make, slots, side, load, target, connection, slot, slice });
    }),
  );
  const took = (performance.now() - startedAt) / 1000;
  const count = Math.max(1, slice.latencies.length);
  slice.perSecond = slice.latencies.length / took;
  slice.serverCpu = (cpuMillis(plan.pids[side]) - before.server) / count;
  slice.databaseCpu = (treeCpuMillis(plan.postmaster) - before.database) / count;
  return slice;
}

type Step = {
  make: RequestMaker;
  slots: Slots;
  side: Side;
  load: Load;
  target: Target;
  connection: HttpConnection;
  slot: number;
  slice: Slice;
};

async function stepPlain({ make, slots, side, load, connection, slice }: Step): Promise<void> {
  await timed(slice, connection, make(side, load, (slots.turn += 1)));
}

async function stepUpdate({ slots, side, load, target, connection, slot, slice }: Step): Promise<void> {
  slots.turn += 1;
  const { samples } = target.company;
  const count = slots.connections[side].length;
  const sample: Sample = samples[(slots.turn * count + slot) % (samples.length - (samples.length % count))]!;
  const key = `${side}${sample.id}`;
  if (!slots.versions.has(key)) {
    const known = await connection.send(openRequest(side, target, sample));
    slots.versions.set(key, (JSON.parse(known.body.toString('utf8')) as Version).version);
  }
  const reply = await timed(
    slice,
    connection,
    updateRequest(side, load, target, sample, slots.versions.get(key)!, slots.turn),
  );
  if (reply.status === 200) slots.versions.set(key, (JSON.parse(reply.body.toString('utf8')) as Version).version);
  else slots.versions.delete(key);
}

async function timed(slice: Slice, connection: HttpConnection, request: Buffer) {
  const sentAt = performance.now();
  const reply = await connection.send(request);
  slice.latencies.push(performance.now() - sentAt);
  slice.bytes += reply.body.length;
  if (reply.status !== 200) slice.errors += 1;
  return reply;
}

function sumUp(slices: Slice[]): SideResult {
  const all = Float64Array.from(slices.flatMap((slice) => slice.latencies)).toSorted();
  const at = (share: number) => all[Math.min(all.length - 1, Math.floor(all.length * share))] ?? 0;
  const sum = (of: (slice: Slice) => number) => slices.reduce((total, slice) => total + of(slice), 0);
  return {
    perSecond: median(slices.map((slice) => slice.perSecond)),
    p50: at(0.5),
    p95: at(0.95),
    p99: at(0.99),
    requests: all.length,
    errors: sum((slice) => slice.errors),
    bytes: Math.round(sum((slice) => slice.bytes) / Math.max(1, all.length)),
    serverCpu: median(slices.map((slice) => slice.serverCpu)),
    databaseCpu: median(slices.map((slice) => slice.databaseCpu)),
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

process.once('message', (plan: Plan) => {
  const run = async () => {
    const make = requestMaker(plan);
    for (const load of plan.loads)
      for (const concurrency of plan.concurrency) process.send?.(await measure(plan, make, load, concurrency));
    process.disconnect?.();
  };
  run().catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
});
