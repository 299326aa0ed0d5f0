/**
 * A file of the log read by several threads: pieces of it go to whoever is free, and what they found is put together in the order of the
 * file. Heads, keys and everything that is not in order are read here, line by line, exactly as without threads.
 */
import { once } from 'node:events';
import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import type { EvidenceReader } from '../contract/tlog/index.ts';
import { fromDecimal } from '../contract/tlog/index.ts';
import type { Answered, Asked, RunAt } from './read-run.ts';
import { entryMark } from './read-run.ts';

const pieceBytesMax = 4 * 1024 * 1024;

/** What stands in a piece, in order: lines as text, and runs of entries as their number. */
type Piece = { items: (string | number)[]; runs: RunAt[] };

export async function readInThreads(
  reader: EvidenceReader,
  { file, threads, worker }: { file: string; threads: number; worker: URL },
): Promise<void> {
  const pool = openPool(worker, threads);
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    // Small files are read in small pieces, so that every thread has something to do.
    const pieceBytes = Math.min(pieceBytesMax, Math.ceil(size / (4 * threads)) + 64);
    const under: { piece: Piece; answer: Promise<Answered> }[] = [];
    const split = openSplitter();
    const finish = async () => {
      const { piece, answer } = under.shift()!;
      putTogether(reader, piece, await answer);
    };
    for await (const bytes of wholeLines(handle, pieceBytes)) {
      const piece = split(bytes);
      under.push({ piece, answer: pool.ask(bytes.buffer as ArrayBuffer, piece.runs) });
      if (under.length > 2 * threads) await finish();
    }
    while (under.length > 0) await finish();
  } finally {
    await handle.close();
    await pool.close();
  }
}

/** Pieces that end with a line; only the last may lack its end. */
async function* wholeLines(handle: FileHandle, pieceBytes: number): AsyncGenerator<Buffer> {
  let rest = Buffer.alloc(0);
  for (;;) {
    const bytes = Buffer.from(new ArrayBuffer(rest.length + pieceBytes));
    rest.copy(bytes);
    const { bytesRead } = await handle.read(bytes, rest.length, pieceBytes);
    const filled = bytes.subarray(0, rest.length + bytesRead);
    const end = bytesRead === 0 ? filled.length : filled.lastIndexOf(10) + 1;
    rest = Buffer.from(filled.subarray(end));
    if (end > 0) yield filled.subarray(0, end);
    if (bytesRead === 0) return;
  }
}

/** Knows which place the next entry will have if everything is in order; when it is not, the reader notices. */
function openSplitter(): (bytes: Buffer) => Piece {
  let place = 0;
  return (bytes) => {
    const piece: Piece = { items: [], runs: [] };
    let run: RunAt | undefined;
    for (let at = 0; at < bytes.length;) {
      const found = bytes.indexOf(10, at);
      const end = found === -1 ? bytes.length : found;
      if (found !== -1 && isEntry(bytes, at)) {
        if (run === undefined) {
          run = { from: at, to: at, start: place, count: 0 };
          piece.items.push(piece.runs.push(run) - 1);
        }
        run.count += 1;
        run.to = end + 1;
        place += 1;
      } else {
        run = undefined;
        const text = bytes.toString('utf8', at, end);
        piece.items.push(text);
        place += leavesIn(text);
      }
      at = end + 1;
    }
    return piece;
  };
}

function isEntry(bytes: Buffer, at: number): boolean {
  for (let nth = 0; nth < entryMark.length; nth += 1) {
    if (bytes[at + nth] !== entryMark.charCodeAt(nth)) return false;
  }
  return true;
}

function leavesIn(line: string): number {
  const [word, level = ''] = line.split(' ');
  return word === 'gone' ? 1 : word === 'tree' ? 2 ** (fromDecimal(level) ?? 0) : 0;
}

function putTogether(reader: EvidenceReader, { items, runs }: Piece, { bytes, read }: Answered): void {
  for (const item of items) {
    if (typeof item === 'string') {
      reader.line(item);
      continue;
    }
    const [run, found] = [runs[item]!, read[item]!];
    if (found !== null && reader.run(found)) continue;
    const lines = Buffer.from(bytes, run.from, run.to - run.from)
      .toString('utf8')
      .split('\n');
    for (const line of lines.slice(0, -1)) reader.line(line);
  }
}

function openPool(file: URL, threads: number) {
  const waiting = new Map<number, { resolve: (answer: Answered) => void; reject: (error: unknown) => void }>();
  let asked = 0;
  const workers = Array.from({ length: threads }, () => {
    const worker = new Worker(file);
    worker.on('message', (answer: Answered) => {
      waiting.get(answer.id)?.resolve(answer);
      waiting.delete(answer.id);
    });
    worker.on('error', (error) => {
      for (const { reject } of waiting.values()) reject(error);
    });
    return worker;
  });
  return {
    ask: (bytes: ArrayBuffer, runs: RunAt[]): Promise<Answered> => {
      const id = (asked += 1);
      const answer = new Promise<Answered>((resolve, reject) => waiting.set(id, { resolve, reject }));
      answer.catch(() => {}); // thrown where it is awaited
      workers[id % threads]!.postMessage({ id, bytes, runs } satisfies Asked, [bytes]);
      return answer;
    },
    close: async () => {
      await Promise.all(workers.map((worker) => Promise.all([once(worker, 'exit'), worker.terminate()])));
    },
  };
}
