/** Letters to people of the house – of sign-in, the kit, certificates – in the language of whoever gets them. What people typed is quoted: it can bring nothing along. */
import type { Language } from '#contract';
import { quoted } from '#mail';
import type { LetterFacts, LetterKind, LetterWords } from './letter-facts.ts';
import { en } from './letters.en.ts';
import { uk } from './letters.uk.ts';

const words: Readonly<Record<Language, LetterWords>> = { uk, en };

/** Facts that are already in form: an address of ours, and what this server itself wrote. */
const asTheyAre = new Set(['link', 'when', 'device', 'address', 'from', 'until']);

export function writeLetter<Kind extends LetterKind>(
  language: Language,
  kind: Kind,
  facts: LetterFacts[Kind],
): { subject: string; text: string } {
  const safe = Object.fromEntries(
    Object.entries(facts).map(([name, fact]) => [
      name,
      typeof fact === 'string' && !asTheyAre.has(name) ? quoted(fact) : fact,
    ]),
  ) as LetterFacts[Kind];
  const { subject, paragraphs } = words[language].letters[kind](safe);
  return { subject, text: [...paragraphs, words[language].ending].join('\n\n') };
}

/** A day in Kyiv, in words of the language. */
export const dayInWords = (language: Language, at: Date): string =>
  new Intl.DateTimeFormat(language === 'uk' ? 'uk-UA' : 'en-GB', { timeZone: 'Europe/Kyiv', dateStyle: 'long' }).format(
    at,
  );

/** Day and time in Kyiv, in words of the language. */
export const momentInWords = (language: Language, at: Date): string =>
  new Intl.DateTimeFormat(language === 'uk' ? 'uk-UA' : 'en-GB', {
    timeZone: 'Europe/Kyiv',
    dateStyle: 'long',
    timeStyle: 'short',
  }).format(at);
