/**
 * What both stand-alone verifiers do with what they are given: a file of the log (`lubart-log-evidence-1`), or one entry with its proof
 * (C2SP tlog-proof). Nothing is asked of a server.
 */
import type { EvidenceReader, Hash, NoteKey, Verify } from '../contract/tlog/index.ts';
import type { Certificate, StampMeans } from '../contract/stamps/index.ts';
import { readPem } from '../contract/stamps/index.ts';
import { checkProof, openEvidence, readKey, sayProof, sayReport } from '../contract/tlog/index.ts';
import { readLines } from './read-lines.ts';

export type Given = {
  hash: Hash;
  verify: Verify;
  language: 'uk' | 'en';
  /** Verifier keys of the log and of witnesses, one a line, as they were handed over. */
  keys: string;
  /** Heads that were kept from before. */
  remembered: readonly string[];
  stamps: StampMeans;
  /** Whoever wants the stamps for another program. */
  takeStamp?(note: string, response: Uint8Array): void;
  /** Root certificates of authorities for time stamps, as PEM; empty: none. */
  roots: string;
};

export type Verdict = { whole: boolean; lines: string[] };

const said = {
  uk: {
    badKey: 'Це не ключ перевірки: {key}',
    badRoots: 'Кореневий сертифікат не читається: потрібен текст PEM.',
    needsKey: 'Доказ одного запису перевіряють ключем журналу: вкажіть його.',
    needsEntry: 'Поруч із доказом дайте файл самого запису.',
  },
  en: {
    badKey: 'This is no verifier key: {key}',
    badRoots: 'A root certificate cannot be read: the text of a PEM file is wanted.',
    needsKey: 'The proof of one entry is checked by the key of the log: give it.',
    needsEntry: 'Give the file of the entry itself beside its proof.',
  },
} as const;

/** @throws a sentence for the person, when a key is none */
function readKeys({ hash, keys, language }: Given): NoteKey[] {
  const lines = keys.split(/\s+/).filter((line) => line !== '');
  return lines.map((line) => {
    const key = readKey(hash, line);
    if (key === undefined) throw new Error(said[language].badKey.replace('{key}', line));
    return key;
  });
}

/** @throws a sentence for the person */
function readRoots({ roots, language }: Given): readonly Certificate[] | null {
  if (roots.trim() === '') return null;
  const read = readPem(roots);
  if (read === undefined) throw new Error(said[language].badRoots);
  return read;
}

export async function checkLog(
  given: Given,
  pieces: AsyncIterable<Uint8Array>,
  tell?: (lines: number) => Promise<void>,
): Promise<Verdict> {
  let count = 0;
  return judgeLog(given, async (reader) => {
    for await (const line of readLines(pieces)) {
      reader.line(line);
      count += 1;
      if (count % 5_000 === 0) await tell?.(count);
    }
  });
}

/** `read` gives the reader the whole file, in its order. */
export async function judgeLog(given: Given, read: (reader: EvidenceReader) => Promise<void>): Promise<Verdict> {
  const { hash, verify, language, remembered } = given;
  const { takeStamp: take } = given;
  const stamps = { means: given.stamps, roots: readRoots(given), ...(take === undefined ? {} : { take }) };
  const reader = openEvidence({ hash, verify, keys: readKeys(given), remembered, now: Date.now(), stamps });
  await read(reader);
  const report = reader.end();
  return { whole: report.findings.length === 0, lines: sayReport(report, language) };
}

export function checkEntry(given: Given, proof: string, entry: Uint8Array | null): Verdict {
  const { hash, verify, language } = given;
  const keys = readKeys(given);
  if (!keys.some(({ kind }) => kind === 'log')) return { whole: false, lines: [said[language].needsKey] };
  if (entry === null) return { whole: false, lines: [said[language].needsEntry] };
  const verdict = checkProof({ hash, verify, keys }, proof, { bytes: entry });
  const shown = verdict.holds ? [new TextDecoder().decode(entry)] : [];
  return { whole: verdict.holds, lines: [sayProof(verdict, language), ...shown] };
}

export const isProof = (start: string): boolean => start.startsWith('c2sp.org/tlog-proof@v1');
