/**
 * `lubart keys`: which keys there are and how old, and replacing them. By whoever may run commands on this machine: it acts for the
 * installation, asks nobody’s rights, and is recorded. Where Lubart runs, it does the work; otherwise it is done here, to its end.
 */
import type { KeysViewValue, Language } from '#contract';
import { keeperKinds, rotatedKeys } from '#contract';
import { LubartError } from '#kernel';
import type { KeeperKind } from '#protections/encryption';
import {
  openKeepers,
  kmsKeeper,
  pkcs11Keeper,
  readKmsPlace,
  readTokenPlace,
  readVaultPlace,
  vaultKeeper,
} from '#protections/encryption';
import type { RotationKind } from '#protections/encryption/rotation';
import { beginRotation, goOnRotating, moveKeys, pauseRotation, viewKeys } from '#protections/encryption/rotation';
import type { Action, Context, Said } from '../command.ts';
import { UsageError } from '../command.ts';
import { operator, operatorIn } from '../operator-in.ts';
import type { OpenRooms } from '../open-rooms.ts';
import { readSecret } from '../read-secret.ts';
import { factLines, tableLines } from '../print-table.ts';

const words = {
  uk: {
    root: 'Головний ключ',
    kinds: { root: 'головний', organization: 'ключ компанії', index: 'ключ пошуку' },
    headings: ['Ключ', 'Позначка', 'Створено', 'Стан'],
    running: ['Заміна', 'Стан', 'Зроблено', 'Старим ключем'],
    current: 'чинний',
    announced: 'готується',
    retired: 'лише відкриває',
    destroyed: 'знищено',
    paused: 'зупинено',
    going: 'триває',
    finished: 'завершено',
    keep: 'Старий файл ключів ще потрібен для резервних копій, зроблених до заміни. Зробіть копію нового: {file}',
  },
  en: {
    root: 'Root key',
    kinds: { root: 'root', organization: 'organization', index: 'index' },
    headings: ['Key', 'Mark', 'Made', 'State'],
    running: ['Rotation', 'State', 'Done', 'Under the old key'],
    current: 'in use',
    announced: 'getting ready',
    retired: 'opens only',
    destroyed: 'destroyed',
    paused: 'paused',
    going: 'running',
    finished: 'finished',
    keep: 'The old key file is still needed for backups made before. Copy the new one: {file}',
  },
} as const satisfies Record<Language, unknown>;

const keepers: Record<KeeperKind, Said> = {
  file: { uk: 'файл відкритий: хто прочитає його, має ключ', en: 'the file is open: who reads it has the key' },
  passphrase: { uk: 'файл відмикає парольна фраза', en: 'a passphrase opens the file' },
  systemd: { uk: 'файл відмикає systemd: lubart-root', en: 'systemd opens the file: lubart-root' },
  vault: { uk: 'файл відмикає Vault або OpenBao', en: 'Vault or OpenBao opens the file' },
  kms: { uk: 'файл відмикає AWS KMS', en: 'AWS KMS opens the file' },
  pkcs11: { uk: 'файл відмикає токен (PKCS #11)', en: 'a token opens the file (PKCS #11)' },
};
/** Keepers that are somewhere: it must be said where. */
const elsewhere: readonly KeeperKind[] = ['vault', 'kms', 'pkcs11'];
const places = (name: string) =>
  `vault https://…/v1/transit/keys/${name}; kms arn:aws:kms:…:key/…; pkcs11 "pkcs11:token=${name};id=%01"`;
const copies: Said = {
  uk: 'Копії файлу, зроблені раніше, відкриті. Знищте їх і замініть ключ: lubart keys rotate root.',
  en: 'Copies of the file made before are open. Destroy them and replace the key: lubart keys rotate root.',
};

const day = (at: string) => at.slice(0, 10);

function lines(view: KeysViewValue, language: Language): string[] {
  const say = words[language];
  const stateOf = (key: KeysViewValue['keys'][number]) => {
    if (key.destroyedAt !== null) return say.destroyed;
    if (key.retiredAt !== null) return say.retired;
    return key.currentAt === null ? say.announced : say.current;
  };
  const progressOf = (row: KeysViewValue['rotations'][number]) => {
    if (row.finishedAt !== null) return say.finished;
    return row.pausedAt === null ? say.going : say.paused;
  };
  return [
    ...factLines([[say.root, `${view.root.name} (${day(view.root.since)})`]]),
    ...tableLines(
      say.headings,
      view.keys.map((key) => [say.kinds[key.kind], key.name, day(key.createdAt), stateOf(key)]),
    ),
    ...(view.rotations.length === 0
      ? []
      : tableLines(
          say.running,
          view.rotations.map((row) => [
            say.kinds[row.kind],
            progressOf(row),
            `${row.done} / ${row.total}`,
            row.remaining ?? '–',
          ]),
        )),
  ];
}

async function viewAll(context: Context, { lubart }: OpenRooms) {
  const views = [];
  for (const id of await lubart.organizations()) views.push(await viewKeys(lubart.rotation, id));
  return { data: { organizations: views }, lines: views.flatMap((view) => lines(view, context.language)) };
}

async function rotate(context: Context) {
  const kind = rotatedKeys.find((one) => one === context.operands[0]);
  if (kind === undefined) {
    throw new UsageError({ uk: 'Ключ: root, organization або index.', en: 'The key: root, organization or index.' });
  }
  const rooms = await context.open();
  if (!context.flag('status')) await act(context, rooms, kind);
  const seen = await viewAll(context, rooms);
  const keep = words[context.language].keep.replace('{file}', rooms.lubart.rotation.rootFile.file);
  return kind === 'root' && !context.flag('status') ? { ...seen, lines: [...seen.lines, keep] } : seen;
}

/** Whoever may run this command may do it: no session is asked. */
const byOperator = async () => {};

async function act(context: Context, { lubart, mode }: OpenRooms, kind: RotationKind): Promise<void> {
  const all = await lubart.organizations();
  // The root key is one for all of them.
  const ids = kind === 'root' ? all.slice(0, 1) : all;
  const deps = mode === 'own' ? { ...lubart.rotation, ask: async () => {} } : lubart.rotation;
  const [pausing, resuming] = [context.flag('pause'), context.flag('resume')];
  for (const id of ids) {
    if (pausing || resuming) await pauseRotation(deps, operatorIn(id), kind, pausing, byOperator);
    else await beginRotation(deps, operatorIn(id), kind, byOperator);
    if (mode === 'own' && !pausing) await goOnRotating(deps, id, context.signal);
  }
}

async function showKeeper(context: Context) {
  const { rootFile } = (await context.open()).lubart.rotation;
  const { file, keptBy, fingerprint } = rootFile;
  const said = keepers[keptBy][context.language];
  return { data: { keeper: keptBy, file, key: fingerprint }, lines: [`${fingerprint}: ${said}`, file] };
}

async function move(context: Context) {
  const [name] = context.operands;
  const place = context.text('at');
  const by = keeperKinds.find((kind) => kind === name);
  if (by === undefined || elsewhere.includes(by) !== (place !== undefined)) {
    throw new UsageError({
      uk: `Куди: file, passphrase, systemd, або з --at: ${places('НАЗВА')}.`,
      en: `Where to: file, passphrase, systemd, or with --at: ${places('NAME')}.`,
    });
  }
  const { lubart, mode } = await context.open();
  // Other processes would look for the old keeper when they read the file again.
  if (mode === 'running') throw new LubartError('key.move_while_running');
  const sources = context.config().keySources;
  const keeperOf = {
    passphrase: () => openKeepers({}, () => newPassphrase(context))('passphrase'),
    systemd: () => openKeepers(sources)('systemd'),
    vault: () => vaultKeeper(sources, readVaultPlace(place ?? '')),
    kms: () => kmsKeeper(sources, readKmsPlace(place ?? '')),
    pkcs11: () => pkcs11Keeper({ ...sources, descriptor: undefined }, askHere(context), readTokenPlace(place ?? '')),
  };
  await moveKeys(lubart.rotation, operator, by === 'file' ? 'file' : { by, keeper: keeperOf[by]() });
  const shown = await showKeeper(context);
  return { ...shown, lines: [...shown.lines, ...(by === 'file' ? [] : [context.say(copies)])] };
}

/** An open file belongs to the keeper of until now. */
const askHere = (context: Context) => (prompt: string) => readSecret(prompt, context.signal);

async function newPassphrase(context: Context): Promise<string> {
  const passphrase = await readSecret(
    context.say({ uk: 'Нова парольна фраза: ', en: 'New passphrase: ' }),
    context.signal,
  );
  const again = { uk: 'Ще раз: ', en: 'Once more: ' };
  if (process.stdin.isTTY && (await readSecret(context.say(again), context.signal)) !== passphrase) {
    throw new UsageError({ uk: 'Фрази різні.', en: 'The passphrases differ.' });
  }
  return passphrase;
}

export const keyActions: readonly Action[] = [
  {
    words: ['keys', 'status'],
    operands: [],
    options: {},
    summary: { uk: 'Ключі шифрування: вік і заміна', en: 'Encryption keys: their age and replacement' },
    run: async (context) => viewAll(context, await context.open()),
  },
  {
    words: ['keys', 'rotate'],
    operands: ['KEY'],
    options: {
      pause: { type: 'flag', meaning: { uk: 'зупинити заміну', en: 'let the rotation rest' } },
      resume: { type: 'flag', meaning: { uk: 'продовжити заміну', en: 'go on with the rotation' } },
      status: { type: 'flag', meaning: { uk: 'лише показати', en: 'only show' } },
    },
    summary: { uk: 'Замінити ключ: root, organization або index', en: 'Replace a key: root, organization or index' },
    more: {
      uk: 'Люди працюють далі. Перервану заміну можна продовжити; старий ключ лишається, доки він комусь потрібен.',
      en: 'People go on working. An interrupted rotation can be continued; the old key stays as long as anything needs it.',
    },
    run: rotate,
  },
  {
    words: ['keys', 'keeper'],
    operands: [],
    options: {},
    summary: { uk: 'Чим відмикається файл головного ключа', en: 'What opens the root key file' },
    run: showKeeper,
  },
  {
    words: ['keys', 'move'],
    operands: ['KEEPER'],
    options: {
      at: {
        type: 'text',
        value: 'ADDRESS',
        meaning: {
          uk: `де ключ: ${places('НАЗВА')}`,
          en: `where the key is: ${places('NAME')}`,
        },
      },
    },
    summary: {
      uk: 'Замкнути файл ключа інакше: file, passphrase, systemd, vault, kms, pkcs11',
      en: 'Close the key file in another way: file, passphrase, systemd, vault, kms, pkcs11',
    },
    more: {
      uk: 'Коли Lubart зупинено. Нова парольна фраза чи PIN токена читається зі стандартного введення.',
      en: 'While Lubart is stopped. A new passphrase, or the PIN of a token, is read from standard input.',
    },
    run: move,
  },
];
