/** Which product a spreadsheet was exported from, by headings that together no other product writes. */
import { foldHeading } from './headings.ts';

export const products = ['hubspot', 'zoho', 'bitrix24', 'keycrm', 'espocrm', 'google', 'unknown'] as const;
export type Product = (typeof products)[number];

/** A tell-tale heading weighs 2, one that others also write weighs 1; 3 are enough. */
const signs: Record<Exclude<Product, 'unknown'>, { tellTale: RegExp; shared: RegExp }> = {
  google: {
    tellTale:
      /^(?:email \d+ (?:value|label|type)|phone \d+ (?:value|label|type)|group membership|file as|given name yomi|phonetic first name)$/,
    shared: /^(?:given name|family name|additional name|name prefix|name suffix|labels|organization title)$/,
  },
  hubspot: {
    tellTale:
      /^(?:lifecycle stage|associated company|associated company ids(?: primary)?|associated contact(?: ids)?|associated deal(?: ids)?|associated note(?: ids)?|marketing contact status|company domain name|last activity date|original (?:traffic )?source)$/,
    shared: /^(?:record id|contact owner|company owner|lead status|create date|phone number|job title)$/,
  },
  zoho: {
    tellTale:
      /^(?:contact owner id|account owner id|account name id|lead owner id|email opt out|mailing (?:street|city|state|zip|country)|unsubscribed (?:mode|time)|reporting to(?: id)?|asst phone|skype id|record image|modified by id|created by id)$/,
    shared:
      /^(?:record id|contact owner|account owner|account name|lead source|created time|modified time|secondary email|layout|tag)$/,
  },
  bitrix24: {
    tellTale:
      /^(?:рабочий email|частный email|робочий email|приватний email|work email|доступен для всех|доступний для всіх|available to everyone|участвует в экспорте контактов|бере участь в експорті контактів|included in export|дополнительно об источнике|додатково про джерело|source information|корпоративный сайт|корпоративний сайт|corporate website|тип контакта|тип контакту|тип компании|тип компанії)$/,
    shared:
      /^(?:обращение|звернення|salutation|рабочий телефон|робочий телефон|мобильный телефон|мобільний телефон|work phone|отчество|по батькові|second name|ответственный|відповідальний|responsible person|сфера деятельности|сфера діяльності)$/,
  },
  keycrm: {
    tellTale:
      /^(?:піб покупця|фио покупателя|кількість замовлень|сума замовлень|кількість покупок|сума покупок|количество заказов|сумма заказов|ltv|дата останнього замовлення|id покупця|коментар до покупця|orders count|orders sum)$/,
    shared:
      /^(?:піб|фио|повне імя|покупець|full name|покупатель|менеджер|manager|знижка|скидка|компанія|дата створення)$/,
  },
  espocrm: {
    tellTale:
      /^(?:assigned user(?: id| name)?|account id|teams ids|teams names|salutation name|opportunity roles|do not call|email address is opted out|phone number is opted out|billing address street|sic code|created by id|modified by id)$/,
    shared:
      /^(?:email address|emailaddress|account name|address street|address city|created at|modified at|accounts|teams|account title|deleted)$/,
  },
};

/** The product whose export has these headings, or 'unknown'. */
export function guessProduct(headings: readonly string[]): Product {
  const folded = [...new Set(headings.map(foldHeading))];
  let best: { product: Product; weight: number } = { product: 'unknown', weight: 2 };
  for (const [product, { tellTale, shared }] of Object.entries(signs)) {
    const weight = folded.reduce((sum, word) => sum + (tellTale.test(word) ? 2 : shared.test(word) ? 1 : 0), 0);
    if (weight > best.weight) best = { product: product as Product, weight };
  }
  return best.product;
}
