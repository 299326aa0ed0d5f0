import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { companyImportFields, contactImportFields, words } from '#contract';
import { guessMapping, sharedFields } from './guess-mapping.ts';

const split = (text: string) => text.split('|');
const fieldsOf = (headings: string, samples: string[][] = [], kind: 'contacts' | 'companies' = 'contacts') =>
  guessMapping({ kind, headings: split(headings), samples })
    .columns.map(({ field }) => field ?? '-')
    .join(' ');
const productOf = (headings: string) => guessMapping({ kind: 'contacts', headings: split(headings) }).product;

const exports = {
  google:
    'Name|Given Name|Additional Name|Family Name|Yomi Name|Name Prefix|Birthday|Notes|Group Membership|E-mail 1 - Type|E-mail 1 - Value|E-mail 2 - Value|Phone 1 - Type|Phone 1 - Value|Phone 12 - Value|Address 1 - Formatted|Address 1 - City|Organization 1 - Name|Organization 1 - Title',
  googleNew:
    'First Name|Middle Name|Last Name|Phonetic First Name|Name Prefix|Nickname|File As|Organization Name|Organization Title|Organization Department|Birthday|Notes|Photo|Labels|E-mail 1 - Label|E-mail 1 - Value|Phone 1 - Label|Phone 1 - Value|Address 1 - Label|Address 1 - Formatted|Custom Field 1 - Value',
  hubspot:
    'Record ID|First Name|Last Name|Email|Phone Number|Mobile Phone Number|Contact owner|Associated Company|Job Title|Lead Status|Lifecycle Stage|Create Date|Street Address|City|Original Source',
  zoho: 'Record Id|Contact Owner.id|Contact Owner|Lead Source|First Name|Last Name|Account Name|Email|Title|Department|Phone|Mobile|Date of Birth|Mailing Street|Mailing City|Secondary Email|Created Time|Tag|Description',
  bitrix24:
    'ID|Обращение|Фамилия|Имя|Отчество|Дата рождения|Рабочий телефон|Мобильный телефон|Номер факса|Рабочий e-mail|Частный e-mail|Компания|Должность|Комментарий|Тип контакта|Источник|Дополнительно об источнике|Доступен для всех|Ответственный|Дата создания',
  bitrix24uk:
    'ID|Звернення|Прізвище|Ім’я|По батькові|Дата народження|Робочий телефон|Мобільний телефон|Робочий e-mail|Компанія|Посада|Коментар|Джерело|Відповідальний|Створено',
  keycrm:
    'ID|ПІБ покупця|Телефон|Email|Компанія|Менеджер|Дата народження|Нотатка|Кількість замовлень|Сума замовлень|Дата створення',
  espocrm:
    'id|salutationName|firstName|lastName|middleName|accountName|accountId|title|emailAddress|phoneNumber|addressStreet|addressCity|description|assignedUserName|assignedUserId|teamsNames|createdAt',
};

test('the products whose exports people bring are recognised', () => {
  for (const [name, headings] of Object.entries(exports)) {
    assert.equal(productOf(headings), name.replace(/New|uk$/, ''), name);
  }
  assert.equal(productOf('Прізвище|Ім’я|Телефон|Пошта'), 'unknown');
  assert.equal(productOf('First Name|Last Name|Email|Phone'), 'unknown');
});

test('their columns find their fields, and what Lubart has no place for is left out', () => {
  assert.equal(
    fieldsOf(exports.google),
    '- firstName middleName lastName - - birthday notes tags - emails emails - phones phones address - companyName position',
  );
  assert.equal(
    fieldsOf(exports.googleNew),
    'firstName middleName lastName - - - - companyName position - birthday notes - tags - emails - phones - address -',
  );
  assert.equal(
    fieldsOf(exports.hubspot),
    '- firstName lastName emails phones phones ownerName companyName position - stage - address address source'.replace(
      'position - stage',
      'position stage -',
    ),
  );
  assert.equal(
    fieldsOf(exports.zoho),
    '- - ownerName source firstName lastName companyName emails position - phones phones birthday address address emails - tags notes',
  );
  assert.equal(
    fieldsOf(exports.bitrix24),
    '- - lastName firstName middleName birthday phones phones - emails emails companyName position notes stage source - - ownerName -',
  );
  assert.equal(
    fieldsOf(exports.bitrix24uk),
    '- - lastName firstName middleName birthday phones phones emails companyName position notes source ownerName -',
  );
  assert.equal(fieldsOf(exports.keycrm), '- fullName phones emails companyName ownerName birthday notes - - -');
  assert.equal(
    fieldsOf(exports.espocrm),
    '- - firstName lastName middleName companyName - position emails phones address address notes ownerName - - -',
  );
});

test('people’s own tables in Ukrainian, Russian and English', () => {
  assert.equal(
    fieldsOf('№ п/п|ПІБ|Тел.|Телефон 2|E-mail|Місто|Примітки|Дата народж.'),
    '- fullName phones phones emails address notes birthday',
  );
  assert.equal(
    fieldsOf("Прізвище|Ім'я|моб. телефон|Ел. пошта|Назва компанії|Код ЄДРПОУ|Відповідальний менеджер"),
    'lastName firstName phones emails companyName companyEdrpou ownerName',
  );
  assert.equal(
    fieldsOf('Фамилия|Имя|Отчество|Номер телефона|Почта|Статус'),
    'lastName firstName middleName phones emails stage',
  );
  assert.equal(
    fieldsOf('Назва|ЄДРПОУ|Юридична адреса|Сайт|Телефон|Контактна особа', [], 'companies'),
    'name edrpou address site phones -',
  );
  assert.equal(
    fieldsOf('Record ID|Company name|Company owner|Phone Number|City|Website URL', [], 'companies'),
    '- name ownerName phones address site',
  );
});

test('an amount of a deal is what a client is expected to bring, the sum of past orders is not', () => {
  assert.equal(fieldsOf('ПІБ|Телефон|Сума угоди|Сума замовлень'), 'fullName phones expectedAmount -');
  assert.equal(fieldsOf('Company name|Deal amount', [], 'companies'), 'name expectedAmount');
});

test('Lubart’s own headings come back to their own fields in both languages', () => {
  for (const language of ['uk', 'en'] as const) {
    const names = words[language].importFields;
    for (const field of contactImportFields) {
      const { columns } = guessMapping({ kind: 'contacts', headings: [names[field]] });
      assert.deepEqual([columns[0]!.field, columns[0]!.confidence], [field, 'sure'], names[field]);
    }
    for (const field of companyImportFields) {
      const { columns } = guessMapping({ kind: 'companies', headings: [names[field]] });
      assert.deepEqual([columns[0]!.field, columns[0]!.confidence], [field, 'sure'], names[field]);
    }
  }
});

test('where the heading is silent, the values speak', () => {
  const samples = [
    [
      'Шевченко Тарас Григорович',
      '(050) 000-00-01',
      't@client.example',
      '12.03.1990',
      '00001235',
      '17',
      'https://client.example',
    ],
    ['Леся Косач', '380500000002', 'l@client.example', '1985-02-25', '40000006', '18', 'www.firm.example'],
  ];
  assert.equal(fieldsOf('||||||', samples), 'fullName phones emails birthday companyEdrpou - -');
  assert.equal(fieldsOf('||||||', samples, 'companies'), '- phones emails - edrpou - site');
  const guess = guessMapping({ kind: 'contacts', headings: ['', 'x'], samples });
  assert.deepEqual(
    guess.columns.map(({ confidence }) => confidence),
    ['likely', 'likely'],
  );
});

test('values correct a heading that is mistaken about phones and e-mails', () => {
  const guess = guessMapping({
    kind: 'contacts',
    headings: ['Телефон', 'Email'],
    samples: [['a@b.example', '+380500000001']],
  });
  assert.deepEqual(
    guess.columns.map(({ field, confidence }) => [field, confidence]),
    [
      ['emails', 'likely'],
      ['phones', 'likely'],
    ],
  );
});

test('a lone «Ім’я» with whole names in it is a full name', () => {
  assert.equal(
    fieldsOf('Ім’я|Телефон', [
      ['Тарас Шевченко', ''],
      ['Леся Косач', ''],
    ]),
    'fullName phones',
  );
  assert.equal(
    fieldsOf('Ім’я|Телефон', [
      ['Тарас', ''],
      ['Леся', ''],
    ]),
    'firstName phones',
  );
});

test('whatever the headings, each field of one value is used once and each column is answered', () => {
  const anyHeading = fc.oneof(
    fc.constantFrom(...Object.values(exports).flatMap(split)),
    fc.string({ unit: 'binary', maxLength: 20 }),
  );
  fc.assert(
    fc.property(
      fc.array(anyHeading, { maxLength: 30 }),
      fc.array(fc.array(fc.string(), { maxLength: 30 }), { maxLength: 3 }),
      fc.constantFrom('contacts' as const, 'companies' as const),
      (headings, samples, kind) => {
        const { columns } = guessMapping({ kind, headings, samples });
        assert.deepEqual(
          columns.map(({ index, heading }) => [index, heading]),
          headings.map((heading, i) => [i, heading]),
        );
        const single = columns.flatMap(({ field }) => (field === null || sharedFields.includes(field) ? [] : [field]));
        assert.equal(new Set(single).size, single.length);
        const allowed: readonly string[] = kind === 'contacts' ? contactImportFields : companyImportFields;
        assert.ok(
          columns.every(({ field, confidence }) => (field === null ? confidence === 'none' : allowed.includes(field))),
        );
      },
    ),
    { numRuns: 500 },
  );
});

test('long hostile values and headings are looked at quickly', () => {
  const long = ['', '+', 'a@', 'www.', '12/03/1990 10:00'].map((start) => `${start}${' .-'.repeat(20_000)}x`);
  const { columns } = guessMapping({ kind: 'contacts', headings: long, samples: [long, long] });
  assert.equal(columns.length, long.length);
});
