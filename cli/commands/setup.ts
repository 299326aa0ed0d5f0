/** `lubart setup`: the first organization and its owner, by whoever may run commands on this machine. */
import type { Action, Context } from '../command.ts';
import { UsageError } from '../command.ts';
import { qrLines } from '../draw-qr.ts';
import { factLines } from '../print-table.ts';
import { readSecret } from '../read-secret.ts';

const text = (value: string, uk: string, en: string) =>
  ({ type: 'text', value, required: true, meaning: { uk, en } }) as const;

const words = {
  uk: {
    prompt: 'Пароль власника: ',
    again: 'Ще раз: ',
    organization: 'Організація',
    key: 'Ключ для застосунку кодів',
    address: 'Адреса для застосунку',
    codes: 'Коди відновлення (збережіть окремо, кожен діє один раз):',
    once: 'Показано один раз. Перший код із застосунку запитає вхід.',
  },
  en: {
    prompt: 'Password of the owner: ',
    again: 'Once more: ',
    organization: 'Organization',
    key: 'Key for the authenticator app',
    address: 'Address for the app',
    codes: 'Recovery codes (keep them apart, each works once):',
    once: 'Shown once. Signing in will ask for the first code of the app.',
  },
} as const;

async function setUp(context: Context) {
  const say = words[context.language];
  const password = await readPassword(context);
  const { lubart } = await context.open();
  const made = await lubart.signIn.setUp({
    organizationName: context.text('organization')!,
    ownerName: context.text('name')!,
    email: context.text('email')!,
    password,
    language: context.language,
  });
  const manualKey = (new URL(made.otpauthUri).searchParams.get('secret') ?? '').replace(/.{4}(?=.)/g, '$& ');
  const { organizationId, departmentId, personId, otpauthUri, recoveryCodes } = made;
  const drawn = !context.json && process.stdout.isTTY ? await qrLines(otpauthUri) : [];
  return {
    data: { organizationId, departmentId, personId, otpauthUri, manualKey, recoveryCodes },
    lines: [
      ...factLines([
        [say.organization, organizationId],
        [say.key, manualKey],
        [say.address, otpauthUri],
      ]),
      ...drawn,
      say.codes,
      ...recoveryCodes.map((code) => `  ${code}`),
      say.once,
    ],
  };
}

async function readPassword(context: Context): Promise<string> {
  const say = words[context.language];
  const password = await readSecret(say.prompt, context.signal);
  if (password === '') {
    throw new UsageError({
      uk: 'Пароль читається зі стандартного введення, а воно порожнє.',
      en: 'The password is read from standard input, and that is empty.',
    });
  }
  if (process.stdin.isTTY && (await readSecret(say.again, context.signal)) !== password) {
    throw new UsageError({ uk: 'Паролі різні.', en: 'The passwords differ.' });
  }
  return password;
}

export const setupActions: readonly Action[] = [
  {
    words: ['setup'],
    operands: [],
    options: {
      organization: text('NAME', 'назва організації', 'name of the organization'),
      name: text('OWNER', 'ім’я власника', 'name of the owner'),
      email: text('E-MAIL', 'ел. пошта власника, нею входять', 'e-mail of the owner, to sign in with'),
    },
    summary: { uk: 'Створити організацію та її власника', en: 'Make the organization and its owner' },
    more: {
      uk: 'Пароль читається зі стандартного введення, ніколи з параметра:\n  npm run lubart -- setup --organization … --name … --email … --json < password.txt\n--language стає мовою власника.',
      en: 'The password is read from standard input, never from an option:\n  npm run lubart -- setup --organization … --name … --email … --json < password.txt\n--language becomes the language of the owner.',
    },
    run: setUp,
  },
];
