/**
 * lubart-verify: one file that runs with plain Node 20 or newer and nothing else, for whoever verifies a log without Lubart.
 *   node lubart-verify.mjs [--key KEY]… [--remembered FILE]… [--entry FILE] [--lang uk|en] FILE
 * Ends with 0 when what it was given holds, 1 when not, 2 when it was asked wrong.
 */
import { createHash, createPublicKey, hash as hashAtOnce, verify as verifySignature } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Given, Verdict } from './check.ts';
import { checkEntry, checkLog, isProof } from './check.ts';

const usage = `node lubart-verify.mjs [--key KEY]… [--remembered FILE]… [--entry FILE] [--lang uk|en] FILE
`;

/** SubjectPublicKeyInfo of an Ed25519 key (RFC 8410 §4): this and the 32 bytes of the key. */
const spkiStart = Buffer.from('302a300506032b6570032100', 'hex');

/** In one call where Node has it (20.12 and newer). */
const sha256: Given['hash'] =
  typeof hashAtOnce === 'function'
    ? (bytes) => hashAtOnce('sha256', bytes, 'buffer')
    : (bytes) => createHash('sha256').update(bytes).digest();

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      key: { type: 'string', multiple: true, default: [] },
      remembered: { type: 'string', multiple: true, default: [] },
      entry: { type: 'string' },
      lang: { type: 'string', default: 'uk' },
    },
  });
  const [file] = positionals;
  if (file === undefined || positionals.length > 1 || (values.lang !== 'uk' && values.lang !== 'en')) {
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
    language: values.lang,
    keys: values.key.join('\n'),
    remembered: values.remembered.map((path) => readFileSync(path, 'utf8')),
  };
  const verdict = await check(given, file, values.entry);
  process.stdout.write(`${verdict.lines.join('\n')}\n`);
  return verdict.whole ? 0 : 1;
}

async function check(given: Given, file: string, entry: string | undefined): Promise<Verdict> {
  if (isProof(await firstBytes(file)))
    return checkEntry(given, readFileSync(file, 'utf8'), entry === undefined ? null : readFileSync(entry));
  return checkLog(given, createReadStream(file, { highWaterMark: 1 << 20 }));
}

async function firstBytes(file: string): Promise<string> {
  const [start = Buffer.alloc(0)] = (await createReadStream(file, { end: 63 }).toArray()) as Buffer[];
  return start.toString('utf8');
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  },
);
