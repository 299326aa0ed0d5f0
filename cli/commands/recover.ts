/** `lubart recover`: a one-time link to a new factor, by whoever may run commands on this machine. */
import type { Action, Context } from '../command.ts';
import { organizationOption, UsageError } from '../command.ts';
import { factLines } from '../print-table.ts';
import { readSecret } from '../read-secret.ts';

const words = {
  uk: {
    confirm: 'Усі сеанси цієї людини завершаться, а старий телефон і коди перестануть діяти. Введіть її пошту ще раз: ',
    link: 'Посилання (показано один раз)',
    until: 'Діє до',
    once: 'Передайте його людині особисто. Записано в журнал дій.',
  },
  en: {
    confirm: 'All sessions of this person end, the old phone and codes stop working. Type the e-mail once more: ',
    link: 'Link (shown once)',
    until: 'Valid until',
    once: 'Hand it over in person. It is recorded in the audit log.',
  },
} as const;

async function recover(context: Context) {
  const say = words[context.language];
  const email = context.text('email')!;
  const organization = context.text('organization');
  if (!context.flag('yes') && (await readSecret(say.confirm, context.signal)).trim() !== email) {
    throw new UsageError({
      uk: 'Не підтверджено: введіть пошту ще раз або додайте --yes.',
      en: 'Not confirmed: type the e-mail once more, or add --yes.',
    });
  }
  const { lubart, origin } = await context.open();
  const { personId, expiresAt, sessionsEnded, ...made } = await lubart.signIn.recover(email, organization);
  const link = new URL(made.link, origin).href;
  return {
    data: { personId, link, expiresAt, sessionsEnded },
    lines: [
      ...factLines([
        [say.link, link],
        [say.until, expiresAt],
      ]),
      say.once,
    ],
  };
}

export const recoverActions: readonly Action[] = [
  {
    words: ['recover'],
    operands: [],
    options: {
      email: {
        type: 'text',
        value: 'E-MAIL',
        required: true,
        meaning: { uk: 'ел. пошта людини, що втратила телефон', en: 'e-mail of the person who lost the phone' },
      },
      organization: organizationOption,
      yes: { type: 'flag', meaning: { uk: 'не перепитувати', en: 'do not ask again' } },
    },
    summary: { uk: 'Відновити вхід людині без телефона', en: 'Let a person without a phone in again' },
    more: {
      uk: 'За посиланням людина придумує пароль і підключає новий застосунок. Діє годину, один раз.',
      en: 'By the link the person chooses a password and connects a new app. It works once, for an hour.',
    },
    run: recover,
  },
];
