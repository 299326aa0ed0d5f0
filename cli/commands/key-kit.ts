/**
 * `lubart keys kit`, `prove` and `recover`: the keys on paper, the proof that they come back, and bringing them back. By whoever may
 * run commands on this machine. A kit is shown once; what is typed back is never repeated.
 */
import { join } from 'node:path';
import type { Language } from '#contract';
import { hasCode } from '#kernel';
import { logKeyFile, openWrappedKey, restoreWrappedKey } from '#protections/audit-log/tree';
import { restoreRootKeyFile, rootKeyFrom } from '#protections/encryption';
import type { Kit, KitDeps } from '#protections/encryption/recovery-kit';
import { makeRecoveryKit, openKit, proveRecoveryKit } from '#protections/encryption/recovery-kit';
import { noteFacts, noteKeyAct, noteRefusal } from '#protections/encryption/rotation';
import type { Action, Context } from '../command.ts';
import { operator, operatorIn } from '../operator-in.ts';
import type { OpenRooms } from '../open-rooms.ts';
import { sheetPage } from '../sheet-page.ts';
import { writeNewFile } from '../write-file.ts';

const words = {
  uk: {
    kit: 'Набір',
    sheet: 'аркуш',
    whole: 'Хто має цей аркуш і дані, читає все.',
    split: (needed: number) => `Ключ дають будь-які ${needed} аркуші разом; менше не кажуть нічого.`,
    next: 'Тепер доведіть, що набір працює: lubart keys prove. Доки цього не зроблено, це лише надія.',
    type: 'Введіть рядки аркушів, один за одним; наприкінці Ctrl-D:',
    proven: 'Набір дає ключ, яким закрито ці дані.',
    recovered: 'Файл ключів відновлено: {file}. Запустіть Lubart, тоді зробіть новий набір.',
    later: 'База даних не відповіла: запис у журналі дій з’явиться після запуску Lubart.',
  },
  en: {
    kit: 'Kit',
    sheet: 'sheet',
    whole: 'Whoever has this sheet and the data reads everything.',
    split: (needed: number) => `Any ${needed} sheets together give the key; fewer say nothing.`,
    next: 'Now prove that the kit works: lubart keys prove. Until then it is only a hope.',
    type: 'Type the lines of the sheets, one after the other; Ctrl-D at the end:',
    proven: 'The kit gives the key that closes this data.',
    recovered: 'The key file is back: {file}. Start Lubart, then make a new kit.',
    later: 'The database did not answer: the entry in the audit log follows when Lubart starts.',
  },
} as const satisfies Record<Language, unknown>;

const typedBytesMax = 65_536;

const kitDeps = ({ lubart: { rotation } }: OpenRooms): KitDeps => ({
  ...rotation,
  readLogSeed: () => openWrappedKey(logKeyOf(rotation.rootFile.file, rotation.rootFile), false),
});

const logKeyOf = (keyFile: string, root: Parameters<typeof openWrappedKey>[0]['root']) => ({
  file: logKeyFile(keyFile),
  name: 'log-key' as const,
  root,
});

async function make(context: Context) {
  const rooms = await context.open();
  const sheets = context.integer('sheets') ?? 1;
  const needed = context.integer('needed') ?? (sheets === 1 ? 1 : 2);
  const kit = await makeRecoveryKit(kitDeps(rooms), operatorIn, needed, sheets);
  const pages = kit.sheets.map((_, at) => titled(kit, at, context.language));
  const folder = context.text('output');
  const next = words[context.language].next;
  if (folder === undefined) {
    return { data: kit, lines: [...pages.flatMap(({ title, about, lines }) => [title, about, ...lines, '']), next] };
  }
  const files = pages.map((_, at) => join(folder, `lubart-kit-${kit.id}-${at + 1}.html`));
  for (const [at, page] of pages.entries())
    await writeNewFile(files[at]!, inOnePiece(sheetPage(page, context.language)), context.signal);
  return { data: { id: kit.id, needed, files }, lines: [...files, next] };
}

async function* inOnePiece(text: string) {
  yield Buffer.from(text, 'utf8');
}

function titled({ id, needed, sheets }: Kit, at: number, language: Language) {
  const say = words[language];
  const title = `Lubart · ${say.kit} ${id} · ${say.sheet} ${at + 1} / ${sheets.length}`;
  return { title, about: sheets.length === 1 ? say.whole : say.split(needed), lines: sheets[at]! };
}

async function prove(context: Context) {
  const rooms = await context.open();
  const { id } = await proveRecoveryKit(kitDeps(rooms), operatorIn, await typed(context));
  return { data: { id, proven: true }, lines: [words[context.language].proven] };
}

async function recover(context: Context) {
  const file = context.config().keyFile;
  const act = await noteKeyAct(file, operator, { event: 'keys.recovered', facts: {} });
  const { fingerprint } = await bringBack(context, file, (key) => noteFacts(file, act, { key })).catch(
    async (error: unknown) => {
      await noteRefusal(file, act, error);
      throw error;
    },
  );
  const said = [words[context.language].recovered.replace('{file}', file)];
  // Opening is what writes the entry.
  const reached = await context.open().then(
    () => true,
    () => false,
  );
  if (!reached) said.push(words[context.language].later);
  return { data: { file, key: fingerprint, recorded: reached }, lines: said };
}

async function bringBack(context: Context, file: string, known: (key: string) => Promise<void>) {
  const { root, looking, log } = await openKit(await typed(context));
  const given = rootKeyFrom(root);
  await known(given.fingerprint);
  const key = logKeyOf(file, given);
  // The root key last: whoever is cut in the middle begins again and finds the key of the log in its place.
  await openWrappedKey(key, false).catch((error: unknown) => {
    if (!hasCode(error, 'start.keys_missing')) throw error;
    return restoreWrappedKey(key, log);
  });
  return restoreRootKeyFile(file, { root, looking });
}

async function typed(context: Context): Promise<string> {
  if (process.stdin.isTTY) context.tell(words[context.language].type);
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of process.stdin as AsyncIterable<Buffer>) {
    parts.push(part);
    size += part.length;
    if (size > typedBytesMax) break;
  }
  return Buffer.concat(parts).toString('utf8');
}

export const keyKitActions: readonly Action[] = [
  {
    words: ['keys', 'kit'],
    operands: [],
    options: {
      sheets: { type: 'integer', value: 'N', meaning: { uk: 'скільки аркушів (1)', en: 'how many sheets (1)' } },
      needed: {
        type: 'integer',
        value: 'K',
        meaning: { uk: 'скільки з них потрібно', en: 'how many of them are needed' },
      },
      output: {
        type: 'text',
        value: 'FOLDER',
        meaning: { uk: 'тека для сторінок до друку', en: 'folder for pages to print' },
      },
    },
    summary: { uk: 'Набір відновлення: ключ на папері', en: 'Recovery kit: the key on paper' },
    more: {
      uk: 'Показується один раз. --sheets 5 --needed 3: ключ дають будь-які три з п’яти аркушів.',
      en: 'Shown once. --sheets 5 --needed 3: any three of five sheets give the key.',
    },
    run: make,
  },
  {
    words: ['keys', 'prove'],
    operands: [],
    options: {},
    summary: { uk: 'Довести, що набір відновлення працює', en: 'Prove that the recovery kit works' },
    more: {
      uk: 'Рядки аркушів читаються зі стандартного введення.',
      en: 'The lines of the sheets are read from standard input.',
    },
    run: prove,
  },
  {
    words: ['keys', 'recover'],
    operands: [],
    options: {},
    summary: { uk: 'Відновити файл ключів з набору', en: 'Bring the key file back from the kit' },
    more: {
      uk: 'Рядки аркушів читаються зі стандартного введення. Наявний файл не замінюється.',
      en: 'The lines of the sheets are read from standard input. A file that is there is not replaced.',
    },
    run: recover,
  },
];
