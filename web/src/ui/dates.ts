/** Dates and times as people read them, in the language of the screen and the time zone of the device. */
import type { TFunction } from 'i18next';
import { useMemo } from 'react';
import { useLanguage, useTranslation } from '../i18n/index.ts';

const locales = { uk: 'uk-UA', en: 'en-GB' } as const;

const moneyIn = (locale: string) =>
  new Intl.NumberFormat(locale, { style: 'currency', currency: 'UAH', currencyDisplay: 'narrowSymbol' });

export function useDates() {
  const locale = locales[useLanguage()];
  const { t } = useTranslation();
  return useMemo(() => datesIn(locale, t), [locale, t]);
}

function datesIn(locale: string, t: TFunction) {
  const time = (at: Date) => at.toLocaleTimeString(locale, { hour: '2-digit', minute: '2-digit' });
  const dayOf = (value: string | null) =>
    value === null ? '' : new Date(value.length === 10 ? `${value}T00:00:00` : value).toLocaleDateString(locale);
  return {
    /** 24.08.2026 */
    day: dayOf,
    /** 24.08.2026, 14:05 */
    moment: (value: string | null) =>
      value === null ? '' : new Date(value).toLocaleString(locale, { dateStyle: 'short', timeStyle: 'short' }),
    /** 24.08.2026, 14:05:09 */
    exact: (value: string) => new Date(value).toLocaleString(locale, { dateStyle: 'short', timeStyle: 'medium' }),
    /** “just now”, “5 min ago”, “today at 14:05”, else the date */
    ago: (value: string | null) => {
      if (value === null) return '';
      const at = new Date(value);
      const minutes = Math.floor((Date.now() - at.getTime()) / 60_000);
      if (minutes < 1) return t('time.now');
      if (minutes < 60) return t('time.minutes', { count: minutes });
      const today = new Date();
      const yesterday = new Date(today.getTime() - 86_400_000);
      if (at.toDateString() === today.toDateString()) return t('time.today', { time: time(at) });
      if (at.toDateString() === yesterday.toDateString()) return t('time.yesterday', { time: time(at) });
      return at.toLocaleString(locale, { dateStyle: 'medium', timeStyle: 'short' });
    },
    number: (value: number) => value.toLocaleString(locale),
    /** 12 500,50 ₴; kopiykas only where there are any. Decimal text goes in, so that nothing is rounded on the way. */
    money: (value: string) =>
      moneyIn(locale)
        .format(value as `${number}`)
        .replace(/[.,]00(?=\D*$)/, ''),
    locale,
  };
}

/** Today as YYYY-MM-DD on this device. */
export function today(): string {
  const now = new Date();
  return `${now.getFullYear()}-${String(now.getMonth() + 1).padStart(2, '0')}-${String(now.getDate()).padStart(2, '0')}`;
}
