/** `lubart audit proof` and `lubart audit evidence`: what others verify without us (lubart-verify.mjs, lubart-verifier.html). */
import type { Action, Context } from '../command.ts';
import { actorOf, asOptions } from '../command.ts';
import { factLines } from '../print-table.ts';
import { writeNewFile } from '../write-file.ts';

async function prove(context: Context) {
  const rooms = await context.open();
  const actor = await actorOf(context, rooms);
  const id = context.operands[0]!;
  const { proof, bytes, position } = await rooms.call(actor, 'GET /api/v1/audit-entries/:id/proof', { params: { id } });
  const base = context.text('output')!;
  const write = (name: string, content: Buffer) => writeNewFile(name, pieces(content), context.signal);
  const written = {
    proof: (await write(`${base}.tlog-proof`, Buffer.from(proof))).file,
    entry: (await write(`${base}.json`, Buffer.from(bytes, 'base64'))).file,
  };
  return { data: { ...written, position }, lines: factLines(Object.entries(written)) };
}

async function takeEvidence(context: Context) {
  const rooms = await context.open();
  const actor = await actorOf(context, rooms);
  const [from, to] = [context.integer('from'), context.integer('to')];
  const query = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
  const { key } = await rooms.call(actor, 'GET /api/v1/audit-log/head');
  const file = await rooms.call(actor, 'GET /api/v1/audit-log/evidence', { query });
  const written = await writeNewFile(context.text('output')!, file.bytes, context.signal);
  const size = context.say({ uk: `${written.bytes} байтів`, en: `${written.bytes} bytes` });
  const keyName = context.say({ uk: 'ключ журналу', en: 'key of the log' });
  return {
    data: { ...written, key },
    lines: factLines([
      [written.file, size],
      [keyName, key],
    ]),
  };
}

async function* pieces(content: Buffer): AsyncGenerator<Buffer> {
  yield content;
}

const output = (uk: string, en: string) =>
  ({ type: 'text', value: 'FILE', required: true, meaning: { uk, en } }) as const;

export const auditEvidenceActions: readonly Action[] = [
  {
    words: ['audit', 'proof'],
    operands: ['ID'],
    options: {
      output: output('ім’я двох нових файлів, без закінчення', 'name of two new files, without an ending'),
      ...asOptions,
    },
    summary: {
      uk: 'Один запис із доказом його місця в журналі (.tlog-proof)',
      en: 'One entry with the proof of its place in the log (.tlog-proof)',
    },
    run: prove,
  },
  {
    words: ['audit', 'evidence'],
    operands: [],
    options: {
      from: { type: 'integer', value: 'N', meaning: { uk: 'від запису №', en: 'from entry number' } },
      to: {
        type: 'integer',
        value: 'N',
        meaning: { uk: 'до запису № (без нього)', en: 'up to entry number (not included)' },
      },
      output: output('новий файл', 'a new file'),
      ...asOptions,
    },
    summary: {
      uk: 'Журнал файлом, який перевіряють без Lubart',
      en: 'The log as a file that is verified without Lubart',
    },
    endsItself: true,
    run: takeEvidence,
  },
];
