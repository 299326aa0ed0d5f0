import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { foldWords, readWords } from './fold.ts';

/** The table of resolution № 55 of 27.01.2010, written here a second time on purpose: [at the beginning, elsewhere]. */
const official: Record<string, readonly [string, string]> = Object.fromEntries(
  (
    'а=a б=b в=v г=h ґ=g д=d е=e є=ye,ie ж=zh з=z и=y і=i ї=yi,i й=y,i к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f ' +
    'х=kh ц=ts ч=ch ш=sh щ=shch ь= ю=yu,iu я=ya,ia'
  )
    .split(' ')
    .map((pair) => {
      const [initial = '', inner = initial] = pair.slice(2).split(',');
      return [pair[0]!, [initial, inner] as const];
    }),
);
const apostrophes = ["'", '’', 'ʼ', '`', '′'];

function transliterate(word: string): string {
  let latin = '';
  for (const [at, letter] of word.toLowerCase().split('').entries()) {
    if (apostrophes.includes(letter)) continue;
    if (letter === 'г' && at > 0 && word.toLowerCase()[at - 1] === 'з') latin += 'gh';
    else latin += official[letter]![at === 0 ? 0 : 1];
  }
  return latin;
}

const letter = fc.constantFrom(...'абвгґдеєжзиіїйклмнопрстуфхцчшщьюяАБВГҐДЕЄЖЗИІЇЙКЛМНОПРСТУФХЦЧШЩЮЯ'.split(''));
const word = fc
  .array(fc.oneof({ weight: 20, arbitrary: letter }, { weight: 1, arbitrary: fc.constantFrom(...apostrophes) }), {
    minLength: 1,
    maxLength: 24,
  })
  .map((letters) => letters.join('').replace(/^['’ʼ`′]+/, ''))
  .filter((text) => text !== '');

test('our copy of the official table is right about the examples the resolution gives', () => {
  const examples = {
    Алушта: 'alushta',
    Борщагівка: 'borshchahivka',
    Вінниця: 'vinnytsia',
    Гадяч: 'hadiach',
    Ґалаґан: 'galagan',
    Єнакієве: 'yenakiieve',
    Згорани: 'zghorany',
    Їжакевич: 'yizhakevych',
    Йосипівка: 'yosypivka',
    Стрий: 'stryi',
    Щербухи: 'shcherbukhy',
    Яготин: 'yahotyn',
    Костянтин: 'kostiantyn',
    Розгон: 'rozghon',
    Юрій: 'yurii',
  };
  for (const [name, latin] of Object.entries(examples)) assert.equal(transliterate(name), latin);
});

test('a name, its capitals, its official Latin spelling and its passport spellings meet', () => {
  for (const [, ...spellings] of [
    ['', 'Шевченко', 'ШЕВЧЕНКО', 'шевченко', 'Shevchenko'],
    ['', 'Зеленський', 'Zelenskyi', 'Zelenskyy', 'Zelensky', 'Zelenskiy', 'Zelenskij'],
    ['', "Мар'яна", 'Мар’яна', 'Марʼяна', 'Мар`яна', 'Мар′яна', 'Маряна', 'Mariana', 'Maryana', 'Marjana'],
    ['', 'Ґалаґан', 'Галаган', 'Galagan', 'Halahan'],
    ['', 'Згурський', 'Zghurskyi', 'Zgurskiy'],
    ['', 'Юлія', 'Yuliia', 'Yulia', 'Julia', 'Iuliia', 'Юлия'],
    ['', 'Їжакевич', 'Yizhakevych', 'Ижакевич'],
    ['', 'Семён', 'Семен', 'Semen'],
    ['', 'Łódź', 'Lodz', 'ŁÓDŹ'],
    ['', 'Weiß', 'Weiss', 'Вейс'.replace('й', 'і')],
    ['', 'Йосипівка', 'Yosypivka', 'Йосипівка'.normalize('NFD')],
  ]) {
    const folds = new Set(spellings.map((spelling) => foldWords(spelling).join(' ')));
    assert.equal(folds.size, 1, [...folds].join(', '));
  }
});

test('the fold of any beginning, in either alphabet, is a beginning of the fold of the word', () => {
  fc.assert(
    fc.property(word, (stored) => {
      const [folded = ''] = foldWords(stored);
      for (const spelling of [stored, stored.normalize('NFD'), stored.toUpperCase(), transliterate(stored)]) {
        for (let length = 1; length <= spelling.length; length += 1) {
          const [beginning = ''] = foldWords(spelling.slice(0, length));
          assert.ok(folded.startsWith(beginning), `${spelling.slice(0, length)} → ${beginning}, ${stored} → ${folded}`);
        }
      }
      assert.deepEqual(foldWords(transliterate(stored)), foldWords(stored));
    }),
    { numRuns: 1500 },
  );
});

test('the same holds for a Latin name typed in any beginning, and for words of any script', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }), (stored) => {
      const words = foldWords(stored).slice(-2);
      for (let length = 1; length < stored.length; length += 1) {
        const typed = readWords(stored.slice(0, length), false).map((item) => item.folded);
        const all = foldWords(stored);
        for (const beginning of typed) assert.ok(all.some((item) => item.startsWith(beginning)));
      }
      assert.ok(words.length <= 2);
    }),
    { numRuns: 500 },
  );
});

test('every letter that takes several Latin letters is found from its first one on', () => {
  for (const [typed, stored] of [
    ['s', 'Шевченко'],
    ['sh', 'Шевченко'],
    ['shevc', 'Шевченко'],
    ['shch', 'Щорс'],
    ['k', 'Харків'],
    ['y', 'Яна'],
    ['ya', 'Яна'],
    ['i', 'Яна'],
    ['t', 'Цимбал'],
    ['ye', 'Євген'],
    ['z', 'Жук'],
    ['yi', 'Їжак'],
  ] as const) {
    assert.ok(foldWords(stored)[0]!.startsWith(foldWords(typed)[0]!), `${typed} finds ${stored}`);
  }
});

test('a hyphenated name is its parts and the whole; a dash between spaces parts words', () => {
  assert.deepEqual(foldWords('Нечуй-Левицький'), ['nechui', 'levitski', 'nechuilevitski']);
  assert.deepEqual(foldWords('Луцьк – Рівне'), ['lutsk', 'rivne']);
  assert.deepEqual(foldWords('-а--б-'), ['a', 'b']);
  assert.deepEqual(
    readWords('Нечуй-Левицький', false).map((item) => item.folded),
    ['nechui', 'levitski'],
  );
});

test('digits stay as they are, repeated ones too', () => {
  assert.deepEqual(foldWords('Школа № 2200, ТОВ «Агро 11»'), ['shkola', '2200', 'tov', 'ahro', '11']);
});

test('where written letters end is known for Cyrillic words only', () => {
  assert.deepEqual(readWords('Щука', false), [{ folded: 'shchuka', ends: [4, 5, 6, 7] }]);
  assert.deepEqual(readWords("Мар'я", false)[0]!.ends, [1, 2, 3, 5]);
  assert.equal(readWords('Shchuka', false)[0]!.ends, null);
  assert.equal(readWords('Щyка', false)[0]!.ends, null, 'a Latin y among Cyrillic letters');
});

test('nothing, marks and invisible characters are no words', () => {
  for (const text of ['', ' ', "'", '«»—', '\u0301', '\u200b', '\ud800', 'ь']) assert.deepEqual(foldWords(text), []);
  assert.deepEqual(foldWords('Шев\u00adчен\u200bко'), ['shevchenko']);
});
