/**
 * Headings of columns in Ukrainian, English and Russian, and of the exports of HubSpot, Zoho, Bitrix24, KeyCRM, EspoCRM
 * and Google Contacts. A meaning says what the column holds; which field of a contact or a company it feeds is decided
 * in `guess-mapping.ts`. `ignore` is a meaning too: «Дата створення» must not become a birthday because it holds dates.
 */

export type Meaning =
  | 'lastName'
  | 'firstName'
  | 'middleName'
  | 'fullName'
  | 'name'
  | 'phones'
  | 'emails'
  | 'position'
  | 'companyName'
  | 'edrpou'
  | 'address'
  | 'addressPart'
  | 'birthday'
  | 'source'
  | 'ownerName'
  | 'departmentName'
  | 'stage'
  | 'expectedAmount'
  | 'tags'
  | 'notes'
  | 'taxNumber'
  | 'legalBasis'
  | 'consentGivenOn'
  | 'nextStepOn'
  | 'nextStepText'
  | 'site'
  | 'ignore';

export type FoundHeading = { meaning: Meaning; sure: boolean };

/** Whole headings, folded, separated by `|`. */
const known: Record<Meaning, string> = {
  lastName:
    'прізвище|фамилия|last name|lastname|surname|family name|прізвище клієнта|прізвище контакту|прізвище покупця|фамилия клиента|second surname',
  firstName:
    'імя|имя|first name|firstname|given name|forename|імя клієнта|імя контакту|імя покупця|имя клиента|власне імя',
  middleName:
    'по батькові|побатькові|отчество|middle name|middlename|second name|additional name|patronymic|імя по батькові',
  fullName:
    'прізвище імя по батькові разом|full name in one column|піб|п і б|фио|ф и о|full name|fullname|повне імя|полное имя|прізвище імя по батькові|прізвище та імя|прізвище імя|імя та прізвище|імя прізвище|фамилия имя отчество|фамилия имя|имя фамилия|имя и фамилия|контакт|контактна особа|контактное лицо|contact|contact name|contact person|display name|піб клієнта|піб покупця|піб контакту|фио клиента|фио покупателя|імя повністю|file as|покупець|покупатель|клієнт|клиент|client|customer|client name|customer name|lead name|person',
  name: 'name|назва|название|найменування|наименование|title of company',
  phones:
    'phones|телефони|телефоны|телефон|phone|phone number|phone numbers|tel|тел|mobile|mobile phone|mobile phone number|mobile number|cell|cell phone|моб|мобільний|мобільний телефон|моб телефон|мобильный|мобильный телефон|робочий телефон|рабочий телефон|домашній телефон|домашний телефон|інший телефон|другой телефон|додатковий телефон|дополнительный телефон|номер телефону|номер телефона|контактний телефон|контактный телефон|work phone|home phone|other phone|business phone|primary phone|secondary phone|asst phone|whatsapp|whatsapp phone number|viber|вайбер|телефон клієнта|телефон покупця',
  emails:
    'emails|email|mail|emailaddress|email address|email addresses|secondary email|work email|home email|other email|personal email|additional email addresses|електронна пошта|електронна адреса|ел пошта|ел адреса|пошта|имейл|емейл|імейл|робочий email|рабочий email|приватний email|особистий email|частный email|личный email|інший email|другой email|электронная почта|эл почта|почта|email розсилки|email рассылки|newsletters email|пошти|електронні адреси',
  position:
    'position|посада|должность|job title|jobtitle|title|occupation|role|organization title|organization 1 title|organization 1 job title|account title|роль',
  companyName:
    'company name|companyname|компанія|компания|company|account|account name|accountname|organization|organisation|organization name|organization 1 name|associated company|primary company|організація|организация|підприємство|предприятие|фірма|фирма|назва компанії|название компании|назва організації|назва підприємства|юридична особа|роботодавець|місце роботи|компанії|accounts|business name|firm|employer',
  edrpou:
    'edrpou|companys edrpou|єдрпоу|код єдрпоу|едрпоу|код едрпоу|company edrpou|companyedrpou|єдрпоу компанії|код компанії|код юридичної особи|код організації|company code|registration number|usreou|edrpou code|окпо|код окпо|реквізит єдрпоу|єдрпоу рнокпп|єдрпоу або рнокпп|edrpou or tax number|edrpou or rnokpp|єдрпоу іпн',
  address:
    'address|адреса|адрес|full address|повна адреса|полный адрес|mailing address|billing address|address 1 formatted|юридична адреса|юридический адрес|фактична адреса|фактический адрес|поштова адреса|адреса доставки|адрес доставки|місце проживання|місцезнаходження|location',
  addressPart:
    'street|street address|street address 2|вулиця|улица|вулиця номер будинку|улица номер дома|місто|город|city|region|область|state|state region|район|country|country region|країна|страна|zip|zip code|postal code|postcode|індекс|индекс|поштовий індекс|почтовый индекс|населений пункт|населенный пункт|квартира офіс|квартира офис|будинок|дом|mailing street|mailing city|mailing state|mailing zip|mailing country|billing street|billing city|billing state|billing code|billing country|address street|address city|address state|address country|address postal code|billing address street|billing address city|billing address state|billing address country|billing address postal code|address 1 street|address 1 city|address 1 region|address 1 postal code|address 1 country|address 1 extended address|address 1 po box|адреса вулиця|адреса місто',
  birthday:
    'birthday|дата народження|день народження|дата рождения|день рождения|date of birth|birth date|birthdate|dob|д н|дн|народження|д р|др',
  source:
    'source|джерело|источник|lead source|original source|original traffic source|джерело контакту|источник контакта|джерело клієнта|звідки дізнались|звідки дізналися|рекламний канал|канал|utm source|джерело ліда',
  ownerName:
    'owner|owner name|ownername|відповідальний|ответственный|відповідальна особа|ответственное лицо|менеджер|manager|account manager|contact owner|company owner|account owner|lead owner|assigned user|assigned user name|assigned to|responsible|responsible person|власник|владелец|закріплений менеджер|відповідальний менеджер|ответственный менеджер',
  departmentName:
    'department|department name|departmentname|відділ|отдел|підрозділ|подразделение|відділ продажу|teams|team|команда',
  stage:
    'stage|етап|этап|статус|status|стадія|стадия|lifecycle stage|lead status|contact status|тип контакту|тип контакта|contact type|статус клієнта|статус клиента|етап воронки|стан',
  expectedAmount:
    'expected amount|expectedamount|expected amount uah|очікувана сума|очікувана сума грн|очікуваний дохід|сума|сума угоди|сума грн|бюджет|бюджет грн|ожидаемая сумма|сумма|сумма сделки|amount|deal amount|deal value|budget|expected revenue|expected value|opportunity amount|opportunity',
  tags: 'tags|tag|мітки|мітка|теги|тег|метки|метка|labels|group membership|групи|група|группы|группа|segment|сегмент|категорія|категория',
  notes:
    'notes|note|нотатки|нотатка|примітки|примітка|примечание|примечания|коментар|коментарі|комментарий|комментарии|comment|comments|description|опис|описание|додаткова інформація|дополнительная информация|about|remarks|заметки|заметка',
  legalBasis:
    'legal basis|legalbasis|правова підстава|підстава обробки|правовое основание|основание обработки|legal basis for processing contacts data|підстава',
  consentGivenOn:
    'consent given on|consentgivenon|дата згоди|згоду надано|згода надана|дата надання згоди|дата согласия|consent date|згода',
  nextStepOn:
    'next step on|nextstepon|дата наступного кроку|наступний контакт|наступний дзвінок|дата наступного контакту|дата следующего шага|следующий контакт|next activity date|next contact date|next call|follow up date|next step date',
  nextStepText: 'next step text|nextsteptext|наступний крок|следующий шаг|next step|що далі|наступна дія|next action',
  taxNumber: 'рнокпп|іпн|инн|ipn|tax id|tax number|податковий номер',
  site: 'site|website|web site|сайт|вебсайт|веб сайт|website url|url|domain|company domain name|корпоративний сайт|корпоративный сайт|website 1 value|homepage|інтернет сторінка',
  ignore:
    'id|record id|ід|№|no|n п п|№ п п|номер|created|created at|created on|created time|create date|created by|modified|modified at|modified time|modified by|updated|updated at|last activity date|last activity time|last contacted|last visited time|дата створення|дата создания|дата зміни|дата изменения|створено|ким створено|кем создан|змінено|ким змінено|оновлено|дата оновлення|deleted|salutation|salutation name|звернення|обращение|name prefix|name suffix|стать|пол|gender|fax|fax number|факс|номер факсу|номер факса|skype id|twitter|facebook|telegram|instagram|linkedin|photo|фото|фотографія|фотография|email opt out|do not call|layout|language|мова|phonetic first name|phonetic middle name|phonetic last name|yomi name|given name yomi|additional name yomi|family name yomi|initials|nickname|short name|maiden name|кількість замовлень|сума замовлень|сума покупок|кількість покупок|количество заказов|сумма заказов|остання покупка|дата останнього замовлення|перше замовлення|доступний для всіх|доступен для всех|available to everyone|бере участь в експорті контактів|участвует в экспорте контактов|додатково про джерело|дополнительно об источнике|source information|connected to|converted|marketing contact status|associated company ids|associated company ids primary|associated contact|associated deal|associated note|organization department|organization 1 department|organization 1 symbol|organization 1 location|organization 1 job description|organization 1 type|organization 1 yomi name|currency|валюта|exchange rate|record image|tag color|unsubscribed mode|unsubscribed time|reporting to|паспорт|дохід|річний оборот|annual revenue|annual_revenue|number of employees|кількість співробітників|кол во сотрудников|industry|сфера діяльності|сфера деятельности|тип компанії|тип компании|company type|account type|rating|знижка|скидка|баланс|bonus|бонуси',
};

/** Beginnings and parts of headings that are enough to suppose a meaning, tried in this order. */
const patterns: readonly [RegExp, Meaning][] = [
  [
    / (?:id|ids|type|label|тип|мітка)$|^(?:custom field|relation|event|im|calendar link|jot|user defined field|phonetic) /,
    'ignore',
  ],
  [/^phone \d+ value$|^телефон \d+$|^phone \d+$/, 'phones'],
  [/^email \d+ value$|^email \d+$/, 'emails'],
  [/^address \d+ formatted$/, 'address'],
  [/^address \d+ (?:street|city|region|postal code|country|extended address)$/, 'addressPart'],
  [/(?:^| )(?:email|пошта|почта|імейл|емейл|имейл)/, 'emails'],
  [/(?:^| )(?:fax|факс)/, 'ignore'],
  [/(?:^| )(?:phone|mobile|телефон|мобільн|мобильн|тел|моб)/, 'phones'],
  [/(?:народж|рожд|birth)/, 'birthday'],
  [/(?:єдрпоу|едрпоу|edrpou)/, 'edrpou'],
  [/(?:по батькові|отчеств|patronym)/, 'middleName'],
  [/(?:^| )(?:піб|фио)(?: |$)/, 'fullName'],
  [/^(?:прізвищ|фамили|surname)/, 'lastName'],
  [/(?:посад|должност|job title)/, 'position'],
  [/(?:відповідальн|ответственн|responsible)/, 'ownerName'],
  [/(?:назва|название|name).*(?:компан|організац|организац|підприєм|предприят|compan|organi[sz]ation)/, 'companyName'],
  [/(?:наступн|следующ|next) .*(?:дата|date)|(?:дата|date) .*(?:наступн|следующ|next)/, 'nextStepOn'],
  [/(?:дата|date) .*(?:згод|соглас|consent)|consent.*date/, 'consentGivenOn'],
  [/^(?:адрес|address)/, 'address'],
  [/(?:коментар|комментар|примітк|примечан|нотатк|comment|notes)/, 'notes'],
  [/(?:джерел|источник|source)/, 'source'],
  [/(?:сайт|website)/, 'site'],
];

const meaningOf = new Map<string, Meaning>(
  Object.entries(known).flatMap(([meaning, words]) => words.split('|').map((word) => [word, meaning as Meaning])),
);

/** The meaning of a heading: sure when the whole of it is known, supposed when a part is; undefined when it is silent. */
export function findHeading(heading: string): FoundHeading | undefined {
  const folded = foldHeading(heading);
  const meaning = meaningOf.get(folded);
  if (meaning !== undefined) return { meaning, sure: true };
  const numbered = meaningOf.get(folded.replace(/ ?\d+$/, '')); // «Телефон 2», «Email3»
  if (numbered !== undefined) return { meaning: numbered, sure: true };
  const pattern = patterns.find(([form]) => form.test(folded));
  if (pattern === undefined) return undefined;
  const isValue = /^(?:phone|email) \d+ value$|^address \d+ /.test(folded); // Google numbers its columns without end
  return { meaning: pattern[1], sure: pattern[1] === 'ignore' || isValue };
}

/** Small letters, words apart, no apostrophes and signs: «E-mail 1 - Value» → 'email 1 value', firstName → 'first name'. */
export function foldHeading(heading: string): string {
  return heading
    .slice(0, 300)
    .normalize('NFC')
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .replaceAll('ё', 'е')
    .replace(/['’ʼ`´]/g, '')
    .replace(/[^\p{L}\p{N}№]+/gu, ' ')
    .replace(/(^| )e mail/g, '$1email')
    .replace(/(^| )е mail/g, '$1email') // a Cyrillic «е», as typed in Ukraine
    .trim();
}
