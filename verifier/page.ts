/**
 * The page that verifies a log without a network: opened from a file, it asks nobody for anything (its own policy forbids it) and keeps
 * nothing. SHA-256 and Ed25519 are those of the noble libraries, inside of the page: browsers differ in what they offer to files.
 */
import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256 } from '@noble/hashes/sha2.js';
import type { Given, Verdict } from './check.ts';
import { checkEntry, checkLog, isProof } from './check.ts';
import { stampMeans } from './stamp-means.ts';

const words = {
  uk: {
    title: 'Перевірка журналу Lubart',
    intro:
      'Ця сторінка працює без мережі й нікому нічого не надсилає. Вона рахує все сама і не вірить жодному серверу.',
    fileLabel: 'Файл журналу або доказ запису',
    fileHint: 'Файл .lubart-log, вивантажений із журналу дій, або .tlog-proof одного запису.',
    entryLabel: 'Сам запис',
    entryHint: 'Потрібен лише для доказу одного запису: файл, який видали разом із ним.',
    keysLabel: 'Ключі, яким ви вірите',
    keysHint: 'Ключ журналу і ключі свідків, кожен з нового рядка. Їх дають наперед і не разом із файлом.',
    rememberedLabel: 'Контрольна точка, яку ви зберегли раніше',
    rememberedHint: 'За нею видно, чи не повернули стару копію й чи не переписали початок. Можна лишити порожнім.',
    rootsLabel: 'Кореневий сертифікат служби часу',
    rootsHint: 'Текст PEM. За ним видно, що позначки часу ставила саме ця служба. Можна лишити порожнім.',
    check: 'Перевірити',
    language: 'English',
    checking: 'Перевіряємо… рядків: ',
    noFile: 'Виберіть файл.',
  },
  en: {
    title: 'Verifying a log of Lubart',
    intro:
      'This page works without a network and sends nothing to anybody. It computes everything itself and believes no server.',
    fileLabel: 'File of the log, or proof of an entry',
    fileHint: 'A .lubart-log file exported from the audit log, or the .tlog-proof of one entry.',
    entryLabel: 'The entry itself',
    entryHint: 'Only for the proof of one entry: the file that was given out beside it.',
    keysLabel: 'Keys that you believe',
    keysHint:
      'The key of the log and those of witnesses, one on each line. They are handed over before, and not with the file.',
    rememberedLabel: 'A checkpoint that you kept from before',
    rememberedHint: 'By it one sees whether an old copy was brought back, or the beginning rewritten. May stay empty.',
    rootsLabel: 'Root certificate of the time stamping authority',
    rootsHint: 'The text of a PEM file. By it one sees that the time stamps are of this authority. May stay empty.',
    check: 'Verify',
    language: 'Українська',
    checking: 'Verifying… lines: ',
    noFile: 'Choose a file.',
  },
} as const;

let language: 'uk' | 'en' = navigator.language.startsWith('uk') ? 'uk' : 'en';
const at = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;

function speak(): void {
  document.documentElement.lang = language;
  document.title = words[language].title;
  for (const [id, text] of Object.entries(words[language])) {
    const element = document.getElementById(id);
    if (element !== null) element.textContent = text;
  }
  at('language').lang = language === 'uk' ? 'en' : 'uk';
}

function show(text: string, kind: '' | 'whole' | 'broken'): void {
  const result = at('result');
  result.textContent = text;
  result.className = kind;
}

const fileOf = (id: string) => at<HTMLInputElement>(id).files?.[0];

async function check(): Promise<Verdict> {
  const file = fileOf('file');
  if (file === undefined) return { whole: false, lines: [words[language].noFile] };
  const kept = at<HTMLTextAreaElement>('remembered').value.replace(/\r/g, '');
  const given: Given = {
    hash: sha256,
    verify: (publicKey, message, signature) => ed25519.verify(signature, message, publicKey, { zip215: false }),
    language,
    keys: at<HTMLTextAreaElement>('keys').value,
    stamps: stampMeans,
    roots: at<HTMLTextAreaElement>('roots').value,
    remembered: kept.trim() === '' ? [] : [kept.endsWith('\n') ? kept : `${kept}\n`],
  };
  if (isProof(await file.slice(0, 64).text())) {
    const entry = fileOf('entry');
    const bytes = entry === undefined ? null : new Uint8Array(await entry.arrayBuffer());
    return checkEntry(given, await file.text(), bytes);
  }
  // The page stays alive between two pieces of a long file.
  const tell = (lines: number) => {
    show(`${words[language].checking}${lines}`, '');
    return new Promise<void>((resolve) => setTimeout(resolve));
  };
  return checkLog(given, piecesOf(file), tell);
}

async function* piecesOf(file: File): AsyncGenerator<Uint8Array> {
  const reader = file.stream().getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value;
}

at('language').addEventListener('click', () => {
  language = language === 'uk' ? 'en' : 'uk';
  speak();
});
at('check').addEventListener('click', () => {
  const button = at<HTMLButtonElement>('check');
  button.disabled = true;
  void check()
    .catch((error: unknown): Verdict => ({
      whole: false,
      lines: [error instanceof Error ? error.message : String(error)],
    }))
    .then(({ whole, lines }) => show(lines.join('\n'), whole ? 'whole' : 'broken'))
    .finally(() => (button.disabled = false));
});
speak();
