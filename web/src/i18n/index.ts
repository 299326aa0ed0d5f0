/**
 * The languages of the interface. Ukrainian is the first; only the language in use is loaded. Words of the closed sets
 * (errors, events, roles, fields …) come from the contract, so that server, command line and web say the same.
 */
import i18next from 'i18next';
import { initReactI18next, useTranslation } from 'react-i18next';
import type { Words } from '../contract.ts';
import type { WebWords } from './uk.ts';

export type Language = 'uk' | 'en';
const keptAs = 'lubart.language';
const loaded: Partial<Record<Language, Words>> = {};

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'web';
    resources: { web: WebWords };
  }
}

async function load(language: Language): Promise<void> {
  if (loaded[language] !== undefined) return;
  const [web, words] =
    language === 'uk'
      ? await Promise.all([
          import('./uk.ts').then((m) => m.uk),
          import('../../../contract/words/uk.ts').then((m) => m.uk),
        ])
      : await Promise.all([
          import('./en.ts').then((m) => m.en),
          import('../../../contract/words/en.ts').then((m) => m.en),
        ]);
  loaded[language] = words;
  i18next.addResourceBundle(language, 'web', web);
}

function keptLanguage(): Language {
  try {
    return localStorage.getItem(keptAs) === 'en' ? 'en' : 'uk';
  } catch {
    return 'uk';
  }
}

export async function startLanguage(): Promise<void> {
  const language = keptLanguage();
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    ns: ['web'],
    defaultNS: 'web',
    resources: {},
    interpolation: { escapeValue: false },
    react: { useSuspense: false },
  });
  await setLanguage(language);
}

export async function setLanguage(language: Language): Promise<void> {
  await load(language);
  try {
    localStorage.setItem(keptAs, language);
  } catch {
    // A browser that keeps nothing still speaks the chosen language until it is closed.
  }
  document.documentElement.lang = language;
  await i18next.changeLanguage(language);
}

export function useLanguage(): Language {
  return useTranslation().i18n.language === 'en' ? 'en' : 'uk';
}

/** Words of the contract’s closed sets, in the language of the screen. */
export function useWords(): Words {
  const words = loaded[useLanguage()];
  if (words === undefined) throw new Error('words are used before they are loaded');
  return words;
}

export { useTranslation };
