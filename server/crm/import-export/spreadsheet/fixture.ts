/** Files for the tests of this room, made in code: nothing binary lies in the repository. Only tests import this. */
import { strToU8, zipSync, type Zippable } from 'fflate';
import iconv from 'iconv-lite';
import type { RandomAccessSource } from './zip-parts.ts';
import type { Encoding, Row } from './row.ts';

const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

export type WorkbookParts = {
  /** What stands inside `sheetData`, by sheet name. */
  sheets?: Record<string, string>;
  hidden?: string[];
  shared?: string;
  styles?: string;
  is1904?: boolean;
  /** Parts that replace or join the made ones. */
  extra?: Record<string, string | Uint8Array>;
};

/** The bytes of a workbook as Excel would lay it out. */
export function makeWorkbook({
  sheets = { Аркуш1: '' },
  hidden = [],
  shared,
  styles,
  is1904,
  extra = {},
}: WorkbookParts): Buffer {
  const names = Object.keys(sheets);
  const list = names.map((name, i) => {
    const state = hidden.includes(name) ? ' state="hidden"' : '';
    return `<sheet name="${name}" sheetId="${i + 1}"${state} r:id="rId${i + 1}"/>`;
  });
  const relation = (id: string, type: string, target: string) =>
    `<Relationship Id="${id}" Type="${office}/${type}" Target="${target}"/>`;
  const files: Record<string, string | Uint8Array> = {
    '[Content_Types].xml': '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
    '_rels/.rels': `<Relationships>${relation('rId1', 'officeDocument', 'xl/workbook.xml')}</Relationships>`,
    'xl/workbook.xml':
      `<workbook xmlns="${main}" xmlns:r="${office}"><workbookPr${is1904 === true ? ' date1904="1"' : ''}/>` +
      `<sheets>${list.join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels':
      '<Relationships>' +
      names.map((_, i) => relation(`rId${i + 1}`, 'worksheet', `worksheets/sheet${i + 1}.xml`)).join('') +
      relation('rIdS', 'sharedStrings', 'sharedStrings.xml') +
      relation('rIdT', 'styles', '/xl/styles.xml') +
      '</Relationships>',
  };
  if (shared !== undefined) files['xl/sharedStrings.xml'] = `<sst xmlns="${main}">${shared}</sst>`;
  if (styles !== undefined) files['xl/styles.xml'] = `<styleSheet xmlns="${main}">${styles}</styleSheet>`;
  names.forEach((name, i) => {
    files[`xl/worksheets/sheet${i + 1}.xml`] =
      `<worksheet xmlns="${main}"><sheetData>${sheets[name]}</sheetData></worksheet>`;
  });
  return zipOf({ ...files, ...extra });
}

export function zipOf(files: Record<string, string | Uint8Array>): Buffer {
  const parts: Zippable = {};
  for (const [path, content] of Object.entries(files))
    parts[path] = typeof content === 'string' ? strToU8(content) : content;
  return Buffer.from(zipSync(parts, { level: 6 }));
}

export function sourceOf(bytes: Uint8Array): RandomAccessSource {
  return { size: bytes.length, read: async (offset, length) => bytes.subarray(offset, offset + length) };
}

/** The bytes in pieces of a given size; 7 by default, so that letters and line ends are cut too. */
export async function* inChunks(bytes: Uint8Array, chunkBytes = 7): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
}

export function encode(text: string, encoding: Encoding, mark = false): Buffer {
  return iconv.encode(text, encoding, { addBOM: mark });
}

export async function allRows(batches: AsyncIterable<Row[]>): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const batch of batches) for (const row of batch) rows.push(row);
  return rows;
}

export async function allBytes(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

export const encodings: readonly Encoding[] = ['utf-8', 'windows-1251', 'utf-16le', 'utf-16be'];
