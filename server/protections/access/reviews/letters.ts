/** What the letters of reviews say, in the language of whoever gets them. */
import type { Language } from '#contract';
import { quoted } from '#mail';

export type ReviewLetter = 'started' | 'reminder' | 'escalated';
export type LetterFacts = { name: string; organization: string; rights: number; until: string; link: string };
type Text = (facts: LetterFacts) => { subject: string; paragraphs: readonly string[] };

const texts: Readonly<Record<Language, Readonly<Record<ReviewLetter, Text>>>> = {
  uk: {
    started: ({ name, organization, rights, until, link }) => ({
      subject: `Перегляньте доступи ваших людей до ${until}`,
      paragraphs: [
        `Вітаємо, ${name}!`,
        `У «${organization}» почався перегляд доступів. Ваших відповідей чекає прав: ${rights}. Про кожне скажіть, потрібне воно ще людині чи вже ні:`,
        link,
        `Час до ${until}. Права, про які ніхто нічого не скаже, буде відкликано.`,
      ],
    }),
    reminder: ({ name, organization, rights, until, link }) => ({
      subject: `Нагадування: перегляньте доступи до ${until}`,
      paragraphs: [
        `Вітаємо, ${name}!`,
        `У «${organization}» ще чекає вашої відповіді прав: ${rights}. Якщо не відповісти до ${until}, їх буде відкликано.`,
        link,
      ],
    }),
    escalated: ({ name, organization, rights, until, link }) => ({
      subject: `Хтось не відповідає: перегляньте доступи до ${until}`,
      paragraphs: [
        `Вітаємо, ${name}!`,
        `У «${organization}» керівник не відповів про права своїх людей, тож питаємо й вас. Таких прав: ${rights}. Якщо не відповість ніхто, після ${until} їх буде відкликано.`,
        link,
      ],
    }),
  },
  en: {
    started: ({ name, organization, rights, until, link }) => ({
      subject: `Review the access of your people by ${until}`,
      paragraphs: [
        `Hello ${name},`,
        `An access review began in “${organization}”. Rights that wait for your answer: ${rights}. Say of each whether the person still needs it:`,
        link,
        `You have time until ${until}. Rights that nobody answers for will be taken away.`,
      ],
    }),
    reminder: ({ name, organization, rights, until, link }) => ({
      subject: `Reminder: review access by ${until}`,
      paragraphs: [
        `Hello ${name},`,
        `In “${organization}”, rights that still wait for your answer: ${rights}. Without an answer by ${until} they will be taken away.`,
        link,
      ],
    }),
    escalated: ({ name, organization, rights, until, link }) => ({
      subject: `Somebody does not answer: review access by ${until}`,
      paragraphs: [
        `Hello ${name},`,
        `In “${organization}” a head has not answered for the rights of their people, so you are asked, too. Such rights: ${rights}. If nobody answers, they will be taken away after ${until}.`,
        link,
      ],
    }),
  },
};
const ending: Readonly<Record<Language, string>> = {
  uk: '—\nLubart. Цей лист надіслано автоматично, відповідати на нього не треба.',
  en: '—\nLubart. This letter was sent by itself; there is no need to answer it.',
};

export function writeReviewLetter(language: Language, kind: ReviewLetter, facts: LetterFacts) {
  const { name, organization, ...rest } = facts;
  const { subject, paragraphs } = texts[language][kind]({
    ...rest,
    name: quoted(name),
    organization: quoted(organization),
  });
  return { subject, text: [...paragraphs, ending[language]].join('\n\n') };
}

/** The day in Kyiv, in words of the language. */
export const dayInWords = (language: Language, at: Date): string =>
  new Intl.DateTimeFormat(language === 'uk' ? 'uk-UA' : 'en-GB', {
    timeZone: 'Europe/Kyiv',
    day: 'numeric',
    month: 'long',
  }).format(at);
