/**
 * lubart-verify: one file that runs with plain Node 20 or newer and nothing else, for whoever verifies a log without Lubart.
 *   node lubart-verify.mjs [--key KEY]… [--remembered FILE]… [--root FILE]… [--stamps FOLDER]
 *     [--entry FILE] [--threads N] [--lang uk|en] FILE
 * Ends with 0 when what it was given holds, 1 when not, 2 when it was asked wrong.
 */
import { createHash, createPublicKey, hash as hashAtOnce, verify as verifySignature } from 'node:crypto';
import { createReadStream, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { availableParallelism } from 'node:os';
import { isMainThread } from 'node:worker_threads';
import type { Given, Verdict } from './check.ts';
import { readInThreads } from './check-in-threads.ts';
import { serveRuns } from './read-run.ts';
import { checkEntry, checkLog, isProof, judgeLog } from './check.ts';

const usage = `node lubart-verify.mjs [--key KEY]… [--remembered FILE]… [--root FILE]… [--stamps FOLDER] [--entry FILE] [--threads N] [--lang uk|en] FILE
`;

/** Smaller files are read before another thread would have started. */
const threadedBytesMin = 16 * 1024 * 1024;
const threadsMax = 8;

/** SubjectPublicKeyInfo of an Ed25519 key (RFC 8410 §4): this and the 32 bytes of the key. */
const spkiStart = Buffer.from('302a300506032b6570032100', 'hex');

/** In one call where Node has it (20.12 and newer); measured, the text of a hash is had sooner than a buffer of its own. */
const sha256: Given['hash'] =
  typeof hashAtOnce === 'function'
    ? Object.assign((bytes: Uint8Array) => Buffer.from(hashAtOnce('sha256', bytes, 'latin1'), 'latin1'), {
        into: (bytes: Uint8Array, room: Uint8Array, at: number) => {
          const digest = hashAtOnce('sha256', bytes, 'latin1');
          for (let nth = 0; nth < 32; nth += 1) room[at + nth] = digest.charCodeAt(nth);
        },
      })
    : (bytes) => createHash('sha256').update(bytes).digest();

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      key: { type: 'string', multiple: true, default: [] },
      remembered: { type: 'string', multiple: true, default: [] },
      root: { type: 'string', multiple: true, default: [] },
      stamps: { type: 'string' },
      entry: { type: 'string' },
      threads: { type: 'string' },
      lang: { type: 'string', default: 'uk' },
    },
  });
  const [file] = positionals;
  const { lang } = values;
  const threads = Number(values.threads ?? Math.min(threadsMax, availableParallelism()));
  if (
    file === undefined ||
    positionals.length > 1 ||
    !(threads >= 1 && threads <= 64) ||
    (lang !== 'uk' && lang !== 'en')
  ) {
    process.stderr.write(usage);
    return 2;
  }
  const given: Given = {
    hash: sha256,
    verify: (publicKey, message, signature) =>
      verifySignature(
        null,
        message,
        createPublicKey({ key: Buffer.concat([spkiStart, publicKey]), format: 'der', type: 'spki' }),
        signature,
      ),
    language: lang,
    keys: values.key.join('\n'),
    remembered: values.remembered.map((path) => readFileSync(path, 'utf8')),
    stamps: {
      hash: (name, bytes) => createHash(name).update(bytes).digest(),
      verify: (publicKey, name, message, signature) =>
        verifySignature(
          name,
          message,
          createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' }),
          signature,
        ),
    },
    ...(values.stamps === undefined ? {} : { takeStamp: writeStampsTo(values.stamps) }),
    roots: values.root.map((path) => readFileSync(path, 'utf8')).join('\n'),
  };
  const isWorthIt = values.threads !== undefined || statSync(file).size >= threadedBytesMin;
  const verdict = await check(given, file, values.entry, isWorthIt ? threads : 1);
  process.stdout.write(`${verdict.lines.join('\n')}\n`);
  return verdict.whole ? 0 : 1;
}

/** Each time stamp beside the head that it is of, as `openssl ts -verify -in N.tsr -data N.head` wants them. */
function writeStampsTo(folder: string): NonNullable<Given['takeStamp']> {
  mkdirSync(folder, { recursive: true });
  let count = 0;
  return (note, response) => {
    count += 1;
    writeFileSync(join(folder, `${count}.head`), note);
    writeFileSync(join(folder, `${count}.tsr`), response);
  };
}

async function check(given: Given, file: string, entry: string | undefined, threads: number): Promise<Verdict> {
  if (isProof(await firstBytes(file)))
    return checkEntry(given, readFileSync(file, 'utf8'), entry === undefined ? null : readFileSync(entry));
  if (threads === 1) return checkLog(given, createReadStream(file, { highWaterMark: 1 << 20 }));
  const worker = new URL(import.meta.url);
  return judgeLog(given, (reader) => readInThreads(reader, { file, threads, worker }));
}

async function firstBytes(file: string): Promise<string> {
  const [start = Buffer.alloc(0)] = (await createReadStream(file, { end: 63 }).toArray()) as Buffer[];
  return start.toString('utf8');
}

if (isMainThread) {
  main().then(
    (code) => (process.exitCode = code),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      process.exitCode = 2;
    },
  );
} else serveRuns(sha256);
