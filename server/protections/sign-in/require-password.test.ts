import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasCode } from '#kernel';
import { passwordLengthMax, passwordLengthMin, requirePassword } from './require-password.ts';

const about = { email: 'olena.kovalenko@vezha.example', names: ['Олена Коваленко', 'ТОВ «Вежа Захід»'] };
const refusal = async (password: string): Promise<string | null> => {
  try {
    await requirePassword(password, about);
    return null;
  } catch (error) {
    if (!hasCode(error)) throw error;
    assert.equal(error.field, 'password');
    return error.code;
  }
};
/** Text of this many characters that is no run and no word. */
const textOf = (length: number) => Array.from({ length }, (_, at) => 'kЖ7vщ-Qр2мzЄ'[(at * 5) % 12]).join('');

test('12 to 128 characters, counted as a person counts them', async () => {
  const table: [string, string | null][] = [
    ['', 'password.too_short'],
    [textOf(passwordLengthMin - 1), 'password.too_short'],
    [textOf(passwordLengthMin), null],
    [textOf(passwordLengthMin + 1), null],
    ['🦔🌲🏰'.repeat(3), 'password.too_short'],
  ];
  for (const [password, expected] of table) assert.equal(await refusal(password), expected, password);
  let state = 1;
  const letter = () =>
    String.fromCodePoint(0x430 + (((state = (state * 1_103_515_245 + 12_345) % 2 ** 31) >> 16) % 32));
  const long = Array.from({ length: passwordLengthMax }, letter).join('');
  assert.equal(await refusal(long), null);
  assert.equal(await refusal(`${long}ж`), 'password.too_long');
});

test('what attackers try first is refused', async () => {
  for (const password of [
    'aaaaaaaaaaaa',
    'abcabcabcabc',
    '123456789012',
    '1234567890123456',
    'qwertyuiop[]',
    'qwerty123456',
    'йцукенгшщзхї',
    'йцукен123456',
    'password1234',
    'Password2026!',
    'P@ssw0rd2026',
    'пароль123456',
    'Пароль2026!!',
    'passwordpassword',
    'adminadmin2026',
    'iloveyou2026',
    'СлаваУкраїні2026',
    '24.08.1991-24.08',
    '+380 50 000 00 12',
    'zxcvbnm,./123',
    'abcdefghijkl',
  ]) {
    assert.equal(await refusal(password), 'password.too_common', password);
  }
});

test('one’s own e-mail, name or company is no password', async () => {
  for (const password of [
    'olena.kovalenko@vezha.example',
    'Olena.Kovalenko2026',
    'Коваленко2026',
    'Коваленко!Коваленко',
    'ВежаЗахід2026',
    'Вежа-Захід-26!',
  ]) {
    assert.equal(await refusal(password), 'password.too_common', password);
  }
});

test('a passphrase is taken, whatever it is made of', async () => {
  for (const password of [
    'Верес-край-дороги-7',
    'три їжаки несуть яблуко',
    'correct horse battery staple',
    'x7#kQ!9vRz2m',
    'на замку Любарта живе сова',
    'моя бабуся Коваленко пекла найкращі пампушки',
    '        пробіли  теж ок ',
    '7294-1183-9027-5561-40',
  ]) {
    assert.equal(await refusal(password), null, password);
  }
});
