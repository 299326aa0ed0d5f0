/** What spreadsheets and other products call our choices, in three languages. */
import { contactStages, legalBases, words } from '#contract';

/** The code of a choice from its code or its words in either language. */
function choiceFinder<T extends string>(
  choices: readonly T[],
  uk: Record<T, string>,
  en: Record<T, string>,
  more: Record<string, T>,
) {
  const byText = new Map<string, T>();
  for (const choice of choices)
    for (const text of [choice, uk[choice], en[choice]]) byText.set(text.toLowerCase(), choice);
  for (const [text, choice] of Object.entries(more)) byText.set(text, choice);
  return (text: string) => byText.get(text.trim().toLowerCase());
}

/** The stage that a cell means. */
export const stageOf = choiceFinder(contactStages, words.uk.stages, words.en.stages, {
  lead: 'new',
  лід: 'new',
  новий: 'new',
  нова: 'new',
  новый: 'new',
  subscriber: 'new',
  'в роботі': 'contacted',
  'в работе': 'contacted',
  'in progress': 'contacted',
  contacted: 'contacted',
  qualified: 'qualified',
  marketingqualifiedlead: 'qualified',
  salesqualifiedlead: 'qualified',
  opportunity: 'qualified',
  customer: 'customer',
  client: 'customer',
  клієнт: 'customer',
  клиент: 'customer',
  'постійний клієнт': 'customer',
  inactive: 'inactive',
  неактивний: 'inactive',
  неактивный: 'inactive',
  архів: 'inactive',
  other: 'inactive',
});
/** The legal basis that a cell means. */
export const legalBasisOf = choiceFinder(legalBases, words.uk.legalBases, words.en.legalBases, {
  згода: 'consent',
  согласие: 'consent',
  так: 'consent',
  yes: 'consent',
  договір: 'contract',
  договор: 'contract',
  ні: 'unknown',
  no: 'unknown',
  нет: 'unknown',
});
