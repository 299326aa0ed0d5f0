import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { guessDateOrder, parseDate } from './parse-date.ts';
import { dateOfSerial, serialOfDate } from './serial-date.ts';

const day = '1990-03-12';

test('one day in all its spellings', () => {
  for (const text of [
    '1990-03-12',
    '1990/3/12',
    '1990.03.12',
    '19900312',
    '1990-03-12T00:00:00Z',
    '1990-03-12 14:30:00.000+02:00',
    '12.03.1990',
    '12.3.90',
    '12/03/1990',
    '12-03-90',
    '12 03 1990',
    '12.03.1990 р.',
    '12.03.1990р',
    '12.03.1990 0:00',
    '12.03.1990 14:30:59',
    '12 березня 1990',
    '12 березня 1990 року',
    '12 Березень 1990',
    '«12» березня 1990 р.',
    '12 бер. 1990',
    '12 марта 1990 г.',
    '12 March 1990',
    '12-Mar-90',
    '12-Mar-1990',
    'March 12, 1990',
    'Mar 12 1990',
    '12th March 1990',
    'March 12th, 1990',
    '3/12/1990 2:30 PM'.replace('3/12', '12/3'),
    ' 12.03.1990 ',
  ])
    assert.equal(parseDate(text), day, text);
});

test('what is no day is null', () => {
  for (const text of [
    '',
    '-',
    'немає',
    '31.02.1990',
    '29.02.1900',
    '0.1.1990',
    '32/1/1990',
    '13.13.1990',
    '12.25.1990',
    '1990-13-01',
    '12 нічого 1990',
    '+380500000001',
    '12345678',
    '32944',
    '12.03',
    '--03-12',
    '1.2.3.4',
    '12.03.19900',
    '1800-01-01',
    '2300-01-01',
    'x'.repeat(100),
  ]) {
    assert.equal(parseDate(text), null, text);
  }
});

test('every month is known in three languages and two cases', () => {
  const months = [
    'січня січень января январь January',
    'лютого лютий февраля февраль February',
    'березня березень марта март March',
    'квітня квітень апреля апрель April',
    'травня травень мая май May',
    'червня червень июня июнь June',
    'липня липень июля июль July',
    'серпня серпень августа август August',
    'вересня вересень сентября сентябрь September',
    'жовтня жовтень октября октябрь October',
    'листопада листопад ноября ноябрь November',
    'грудня грудень декабря декабрь December',
  ];
  months.forEach((words, i) => {
    for (const word of words.split(' '))
      assert.equal(parseDate(`5 ${word} 2001`), `2001-${String(i + 1).padStart(2, '0')}-05`, word);
  });
});

test('the American order only when it must be or when it was told; never with dots', () => {
  assert.equal(parseDate('03/25/1990'), '1990-03-25');
  assert.equal(parseDate('03/04/1990'), '1990-04-03');
  assert.equal(parseDate('03/04/1990', { order: 'month-first' }), '1990-03-04');
  assert.equal(parseDate('25/03/1990', { order: 'month-first' }), '1990-03-25');
  assert.equal(parseDate('03.04.1990', { order: 'month-first' }), '1990-04-03');
});

test('a column votes on its order', () => {
  assert.equal(guessDateOrder(['03/04/1990', '03/25/1990', '12/31/99']), 'month-first');
  assert.equal(guessDateOrder(['03/04/1990', '25/03/1990']), 'day-first');
  assert.equal(guessDateOrder(['03/04/1990', '05.25.1990', 'x']), null);
  assert.equal(guessDateOrder(['25/03/1990', '03/25/1990']), null);
  assert.equal(guessDateOrder([...Array<string>(20).fill('03/25/1990'), '25/03/1990']), 'month-first');
});

test('short years turn at 30; numbers are Excel days only when told', () => {
  assert.deepEqual(
    ['01.02.29', '01.02.30', '01.02.99', '01.02.00'].map((text) => parseDate(text)),
    ['2029-02-01', '1930-02-01', '1999-02-01', '2000-02-01'],
  );
  assert.equal(parseDate('32944', { serial: '1900' }), day);
  assert.equal(parseDate('31482.75', { serial: '1904' }), day);
});

test('each day of the calendar comes back from ISO, from dots and from its number', () => {
  const anyDay = fc
    .date({ min: new Date('1900-01-01'), max: new Date('2199-12-31'), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10));
  fc.assert(
    fc.property(anyDay, (iso) => {
      const [y, m, d] = iso.split('-');
      assert.equal(parseDate(iso), iso);
      assert.equal(parseDate(`${d}.${m}.${y}`), iso);
      assert.equal(dateOfSerial(serialOfDate(iso)!), iso);
    }),
  );
});

test('any text is a day or null, and quickly', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) =>
      assert.match(parseDate(text) ?? '2000-01-01', /^\d{4}-\d\d-\d\d$/),
    ),
  );
  assert.equal(parseDate(`1 ${' '.repeat(100_000)}x`), null);
  assert.equal(guessDateOrder([`12/03/1990 10:00${' '.repeat(100_000)}x`]), null);
  assert.equal(parseDate('1'.repeat(100_000)), null);
});
