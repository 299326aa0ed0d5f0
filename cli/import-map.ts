/** The mapping of an import: from a file {"Heading or index": "field"}, or what Lubart guessed from the headings. */
import { readFile } from 'node:fs/promises';
import type { ImportKind, ImportLookValue } from '#contract';
import { companyImportFields, contactImportFields } from '#contract';
import { UsageError } from './command.ts';

export type Mapping = Record<string, string>;

/** @throws UsageError when the file is no such object, or names a heading or field that there is not */
export async function readMapping(
  map: string,
  kind: ImportKind,
  columns: ImportLookValue['columns'],
): Promise<Mapping> {
  if (map === 'auto') return guessed(columns);
  const known: readonly string[] = kind === 'contacts' ? contactImportFields : companyImportFields;
  const mapping: Mapping = {};
  for (const [place, field] of Object.entries(await readObject(map))) {
    if (field === null || field === '') continue; // left out on purpose
    if (typeof field !== 'string' || !known.includes(field)) {
      throw new UsageError({
        uk: `--map: невідоме поле. Є: ${known.join(', ')}.`,
        en: `--map: unknown field. There are: ${known.join(', ')}.`,
      });
    }
    mapping[String(columnAt(place, columns))] = field;
  }
  return mapping;
}

function guessed(columns: ImportLookValue['columns']): Mapping {
  return Object.fromEntries(
    columns.filter(({ field }) => field !== null).map(({ index, field }) => [String(index), field!]),
  );
}

async function readObject(file: string): Promise<object> {
  const text = await readFile(file, 'utf8');
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // said below
  }
  throw new UsageError({
    uk: '--map: файл має бути об’єктом JSON {"Заголовок або номер": "поле"}.',
    en: '--map: the file must be a JSON object {"Heading or index": "field"}.',
  });
}

/** A heading as it stands in the file (letter case aside), or the number of the column from 0. */
function columnAt(place: string, columns: ImportLookValue['columns']): number {
  const form = (text: string) => text.normalize('NFC').trim().toLocaleLowerCase('uk');
  const named = columns.filter(({ heading }) => form(heading) === form(place));
  const found = named.length === 1 ? named[0] : columns.find(({ index }) => String(index) === place.trim());
  if (found !== undefined) return found.index;
  throw new UsageError({
    uk: `--map: у файлі немає стовпця «${place}», або їх кілька. Стовпців: ${columns.length}, номери від 0.`,
    en: `--map: the file has no column “${place}”, or several. There are ${columns.length}, numbered from 0.`,
  });
}
