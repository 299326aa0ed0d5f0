import assert from 'node:assert/strict';
import { test } from 'node:test';
import { guessesPower, guessesPowerMin, strengthOf } from './index.ts';
import { inLatinLayout, inUkrainianLayout } from './layouts.ts';

/** How people lengthen a word to the twelve characters that are asked for. */
const lengthened = (word: string): string[] => {
  const big = word[0]!.toUpperCase() + word.slice(1);
  return [`${word}123456`, `${big}2026!!`, `${big}1234567`, `${word}${word}`, `${big}-01011990`, `${big}_1985_1985`];
};
const words =
  'пароль україна київ львів харків одеса динамо шахтар наташа олександр андрій сергій тетяна марія олена кохання сонечко люблю ' +
  'мамочка бухгалтер директор вересень січень лютий привіт любов козак тризуб слава паляниця шевченко коваленко бондаренко ' +
  'собака котик барсик дракон футбол карпати тернопіль вінниця полтава черкаси житомир луцьк волинь перемога';

const typical = [
  ...words.split(' ').flatMap(lengthened),
  // In the wrong layout, and in Latin letters.
  ...words
    .split(' ')
    .flatMap((word) => [`${inLatinLayout(word)}123456`, `${inLatinLayout(word)}${inLatinLayout(word)}`]),
  ...'slavaukraini1 SlavaUkraini2022 dynamokyiv1927 natasha12345 Oleksandr1985 kohannya2020 parolparol12 Ukraina2022!!'.split(
    ' ',
  ),
  ...'йцукенгшщзхї ЙцукенЙцукен1 фівапролджєє qwertyйцукен йфяцічувскам 1й2ц3у4к5е6н абвгґдеєжзиі qwertyuiop[] 1q2w3e4r5t6y'.split(
    ' ',
  ),
  ...'славаукраїні! героямслава! доброговечора мамапапабрат ятебелюблю1 люблюмаму2010 приватбанк24 динамокиїв1927'.split(
    ' ',
  ),
  ...'380501234567 0501234567890 123456789012 01.01.1990.01 П@роль2026!! P@ssw0rd2026 адмін123456! абвгдабвгдабвгд'.split(
    ' ',
  ),
].filter((password) => [...password].length >= 12);

test('typical Ukrainian passwords of twelve characters and more are seen through', () => {
  assert.ok(new Set(typical).size >= 300, `only ${new Set(typical).size}`);
  const passed = typical.filter((password) => guessesPower(password) >= guessesPowerMin);
  assert.deepEqual(passed, []);
});

const good = [
  'Верес-край-дороги-7',
  'Три-слова-і-річка-9',
  'правильний кінь батарея скоба',
  'correct horse battery staple',
  'жовта парасоля спить на даху',
  'мій дід сіяв гречку восени',
  'шість синіх жаб грають у доміно',
  'сонце київ кавун зірка драбина',
  'вухатий трамвай їсть кисіль',
  'kT9#vLq2!mZx',
  'x8Fw-2kLp-9QzR',
  'ґанок і три ластівки',
];

test('a phrase of four words is good, and so is what a password manager makes', () => {
  for (const password of good) assert.ok(guessesPower(password) >= guessesPowerMin, password);
  assert.equal(strengthOf('жовта парасоля спить на даху'), 'strong');
  assert.equal(strengthOf('пароль123456'), 'weak');
});

test('the two layouts are one keyboard', () => {
  assert.equal(inLatinLayout('Пароль'), 'gfhjkm');
  assert.equal(inUkrainianLayout('Gfhjkm'), 'пароль');
  assert.equal(inUkrainianLayout("'crfkfnjh"), 'єскалатор');
});

test('no password, however odd, takes long to judge', () => {
  const odd = [
    '4@3$1!0'.repeat(200),
    'пароль'.repeat(200),
    'qwertyuiop'.repeat(100),
    '0aA!'.repeat(250),
    '\u0301'.repeat(999),
  ];
  for (const password of odd) {
    const before = process.cpuUsage(); // of this process alone: what else the machine does is not counted
    guessesPower(password);
    const { user, system } = process.cpuUsage(before);
    assert.ok(user + system < 1_000_000, password.slice(0, 20));
  }
});
