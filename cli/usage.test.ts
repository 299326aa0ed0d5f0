/** How `lubart` is written: help, wrong writing, settings. Nothing here needs a database, and nothing here makes one. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { settings } from '#kernel';
import { actions } from './commands.ts';
import type { CommandLine } from './command-line.fixture.ts';
import { openCommandLine } from './command-line.fixture.ts';
import type { UsageError } from './command.ts';
import { exitCodeOf, exitMeanings } from './exit-codes.ts';
import { readMapping } from './import-map.ts';
import { factLines, plain, tableLines } from './print-table.ts';
import { findAction, readArguments, splitWords } from './read-arguments.ts';

let lubart: CommandLine;
before(async () => {
  lubart = await openCommandLine();
});
after(() => lubart.close());

test('help names every command and every exit code, in both languages', async () => {
  assert.ok(actions.length > 15);
  for (const language of ['uk', 'en'] as const) {
    const { code, stdout, stderr } = await lubart.run(['--help', '--language', language]);
    assert.equal(code, 0);
    assert.equal(stderr, '');
    for (const { words, summary } of actions) {
      assert.ok(stdout.includes(words.join(' ')), words.join(' '));
      assert.ok(stdout.includes(summary[language]), summary[language]);
    }
    for (const [exitCode, meaning] of Object.entries(exitMeanings))
      assert.ok(stdout.includes(`${exitCode.padEnd(3)}  ${meaning[language]}`));
  }
});

test('help of one command says its options', async () => {
  const { stdout } = await lubart.run(['people', 'invite', '--help']);
  for (const part of ['people invite --name NAME', '--role owner|security-officer|head|manager', '--as PERSON'])
    assert.ok(stdout.includes(part), part);
});

test('with --json help is one object, too', async () => {
  const { data } = await lubart.json<{ commands: { command: string }[] }>(['import', '--help']);
  assert.deepEqual(
    data.commands.map(({ command }) => command.split(' ')[0]),
    Array.from({ length: 8 }, () => 'import'),
  );
});

const asSomebody = ['--as', 'x@vezha.example'];

for (const [args, words] of [
  [['peple'], /no such command/],
  [['people'], /After “lubart people”: list, invite/],
  [['people', 'list'], /--as PERSON is missing/],
  [['audit', 'list', '--from', 'yesterday', ...asSomebody], /--from: a day/],
  [['setup', '--organization', 'Вежа', '--name', 'Олена', '--email', 'o@vezha.example'], /standard input/],
] as const) {
  test(`wrong writing is said and ends with 2: lubart ${args.join(' ')}`, async () => {
    const { code, stdout, stderr } = await lubart.run(args);
    assert.equal(code, 2, stderr);
    assert.equal(stdout, '');
    assert.match(stderr, words);
    assert.match(stderr, /--help/);
  });
}

for (const [args, words] of [
  [['contacts', 'show', ...asSomebody], /ID is missing/],
  [['contacts', 'show', 'a', 'b', ...asSomebody], /Too many words/],
  [['contacts', 'list', '--limit', 'ten', ...asSomebody], /--limit: a whole number/],
  [['contacts', 'list', '--limit', '0', ...asSomebody], /--limit: a whole number/],
  [['contacts', 'list', '--stage', 'later', ...asSomebody], /--stage: one of new/],
  [['contacts', 'list', '--colour', 'red', ...asSomebody], /no option --colour/],
  [['contacts', 'list', '--as'], /--as: its value is missing/],
  [['contacts', 'list', '--archived=yes', ...asSomebody], /--archived: its value/],
  [['contacts', 'list', '--as', ''], /--as PERSON is missing/],
] as const) {
  test(`wrong writing is said: lubart ${args.join(' ')}`, () => {
    const { words: named, rest } = splitWords(args, actions);
    assert.throws(
      () => readArguments(findAction(named, actions)!, rest),
      (error: UsageError) => words.test(error.said.en) && error.said.uk !== '',
    );
  });
}

const columns = ['Клієнт', 'Моб.', '1', 'Тел', 'Тел'].map((heading, index) => ({
  index,
  heading,
  field: index === 0 ? 'fullName' : null,
  confidence: 'sure' as const,
  samples: [],
}));

test('a mapping goes by heading first, then by number; auto takes the guess', async () => {
  const map = join(lubart.folder, 'map.json');
  await writeFile(map, JSON.stringify({ ' клієнт': 'fullName', 1: 'emails', 3: 'phones', 'Моб.': null }));
  assert.deepEqual(await readMapping(map, 'contacts', columns), { 0: 'fullName', 2: 'emails', 3: 'phones' });
  assert.deepEqual(await readMapping('auto', 'contacts', columns), { 0: 'fullName' });
});

for (const map of [
  '{"Немає": "phones"}',
  '{"Тел": "phones"}',
  '{"Клієнт": "shoeSize"}',
  '{"Клієнт": 1}',
  '{"5": "phones"}',
  '[]',
  'null',
  'x',
]) {
  test(`a mapping that names what is not there is refused: ${map}`, async () => {
    await writeFile(join(lubart.folder, 'wrong.json'), map);
    await assert.rejects(readMapping(join(lubart.folder, 'wrong.json'), 'contacts', columns), { name: 'UsageError' });
  });
}

test('a refusal with --json is one object on standard output', async () => {
  const { code, data } = await lubart.json<{ error: { code: string; message: string } }>(['people', 'list']);
  assert.equal(code, 2);
  assert.equal(data.error.code, 'cli.usage');
});

test('a password on the command line is refused and not repeated', async () => {
  const owner = ['setup', '--organization', 'Вежа', '--name', 'Олена', '--email', 'olena@vezha.example'];
  for (const given of [['--password', 'verysecretwords'], ['--password=verysecretwords'], ['verysecretwords']]) {
    const { code, stdout, stderr } = await lubart.run([...owner, ...given, '--json'], {
      stdin: 'four random sturdy words\n',
    });
    assert.equal(code, 2);
    assert.doesNotMatch(stdout + stderr, /verysecretwords/);
  }
  const { stderr } = await lubart.run([...owner, '--password', 'verysecretwords']);
  assert.match(stderr, /standard input/);
});

test('nothing of all this made a data folder or a key', async () => {
  const { code, stderr } = await lubart.run(['people', 'list', '--as', 'olena@vezha.example']);
  assert.equal(code, 4, stderr);
  assert.ok(!existsSync(join(lubart.folder, 'data')));
  assert.ok(!existsSync(join(lubart.folder, 'keys')));
});

test('a wrong setting names itself and ends with 5', async () => {
  const { code, stderr } = await lubart.run(['status'], { env: { LUBART_PORT: 'seven' } });
  assert.equal(code, 5);
  assert.match(stderr, /LUBART_PORT/);
});

test('config shows every setting, and of a secret one only that it is set', async () => {
  const env = { DATABASE_URL: 'postgres://lubart:verysecretwords@db.example/lubart?sslmode=verify-full' };
  const { data, stdout } = await lubart.json<{ settings: { name: string; value: string | null; set: boolean }[] }>(
    ['config', '--data', join(lubart.folder, 'other')],
    { env },
  );
  assert.deepEqual(
    data.settings.map(({ name }) => name),
    settings.map(({ name }) => name),
  );
  assert.equal(data.settings.find(({ name }) => name === 'LUBART_DATA')?.value, join(lubart.folder, 'other'));
  assert.deepEqual(data.settings.find(({ name }) => name === 'DATABASE_URL')?.value, null);
  const text = await lubart.run(['config'], { env });
  assert.doesNotMatch(stdout + text.stdout, /verysecretwords/);
  assert.match(text.stdout, /DATABASE_URL +\(hidden\)/);
});

test('openapi prints the document of all routes', async () => {
  const { stdout, code } = await lubart.run(['openapi']);
  const document = JSON.parse(stdout) as { openapi: string; paths: Record<string, unknown> };
  assert.equal(code, 0);
  assert.equal(document.openapi, '3.1.0');
  assert.ok(Object.keys(document.paths).length > 25);
  assert.ok('/api/v1/contacts/{id}' in document.paths);
});

test('the language follows the option, then the setting, then the system', async () => {
  const first = async (args: string[], env: Record<string, string>) =>
    (await lubart.run(args, { env })).stderr.slice(0, 20);
  assert.match(await first(['people', '--language', 'uk'], { LANG: 'en_GB.UTF-8' }), /Немає/);
  assert.match(await first(['people'], { LUBART_LANGUAGE: 'en', LANG: 'uk_UA.UTF-8' }), /There/);
  assert.match(await first(['people'], { LUBART_LANGUAGE: '', LANG: 'en_GB.UTF-8' }), /There/);
  assert.match(await first(['people'], { LUBART_LANGUAGE: '', LANG: 'uk_UA.UTF-8' }), /Немає/);
});

test('the version is that of the clone', async () => {
  assert.match((await lubart.run(['--version'])).stdout, /^\d+\.\d+\.\d+\n$/);
});

test('words may stand after common options', () => {
  const { words, rest } = splitWords(['--json', '--data', 'people', 'people', 'list', '--as', 'import'], actions);
  assert.deepEqual(words, ['people', 'list']);
  assert.deepEqual(rest, ['--json', '--data', 'people', '--as', 'import']);
  const { values } = readArguments(findAction(words, actions)!, rest);
  assert.equal(values['as'], 'import');
});

test('no two actions are written alike, and an option means one thing to its command', () => {
  const written = actions.map(({ words }) => words.join(' '));
  assert.equal(new Set(written).size, written.length);
  for (const { options } of actions)
    for (const name of ['json', 'help', 'data', 'keys', 'language']) assert.ok(!(name in options));
});

test('what a terminal would obey is not printed', () => {
  assert.equal(plain('Олена\u001b]0;x\u0007 \u009b31mКоваль'), 'Олена·]0;x· ·31mКоваль');
  assert.equal(plain('a\u202egpj.exe'), 'a·gpj.exe');
  assert.doesNotMatch(
    tableLines(['Name'], [['\u001b[2Jx']]).join('') + factLines([['a', '\rb']]).join(''),
    /[\u001b\r]/,
  );
});

test('every error code has an exit code that was promised', () => {
  for (const [code, expected] of [
    ['access.denied', 3],
    ['person.own_role', 3],
    ['import.not_found', 4],
    ['start.keys_wrong', 5],
    ['key.not_found', 5],
    ['setup.already_done', 6],
    ['field.phone_invalid', 6],
    ['server.failed', 1],
    ['cli.usage', 2],
  ] as const) {
    assert.equal(exitCodeOf(code), expected, code);
  }
});
