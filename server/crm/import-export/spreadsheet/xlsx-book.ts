/**
 * The workbook around the sheets: where its parts lie (relationships, ECMA-376 part 2, §6.5), what the sheets are
 * called and which are hidden, which calendar counts the days, and what the cell styles say about numbers.
 */
import { posix } from 'node:path';
import { LubartError } from '#kernel';
import { type NumberForm, formOfBuiltIn, formOfCode } from './number-form.ts';
import { SharedStrings } from './shared-strings.ts';
import { scanXml } from './xml-scanner.ts';
import type { ZipParts } from './zip-parts.ts';

export const smallPartBytesMax = 16 * 1024 * 1024;
export const sharedPartBytesMax = 512 * 1024 * 1024;
const sheetsMax = 1_000;
const stylesMax = 65_536; // Excel itself ends at 65 490

export type SheetInfo = { name: string; hidden: boolean; path: string };
export type Book = {
  sheets: SheetInfo[];
  is1904: boolean;
  stylesPath: string | undefined;
  sharedPath: string | undefined;
};

type Relation = { id: string; type: string; path: string };

/** Throws `import.format_unsupported` when the archive is no XLSX workbook (a .docx, .ods, .xlsb …). */
export async function readBook(parts: ZipParts): Promise<Book> {
  const bookPath = await findBook(parts);
  const relations = await readRelations(parts, bookPath);
  const sheets: SheetInfo[] = [];
  let is1904 = false;
  await scanXml(parts.read(bookPath, smallPartBytesMax), {
    open: (name, attributes) => {
      if (name === 'workbookPr') is1904 = isTrue(attributes['date1904']);
      if (name === 'sheet') addSheet(sheets, attributes, relations);
    },
    text: () => {},
    close: () => {},
  });
  const pathOf = (type: string) =>
    relations.find((relation) => relation.type === type && parts.has(relation.path))?.path;
  return { sheets, is1904, stylesPath: pathOf('styles'), sharedPath: pathOf('sharedStrings') };
}

/** The form of each cell style, by its number. */
export async function readStyles(parts: ZipParts, path: string | undefined): Promise<NumberForm[]> {
  const forms: NumberForm[] = [];
  if (path === undefined) return forms;
  const codes = new Map<number, NumberForm>();
  let inCellStyles = false;
  await scanXml(parts.read(path, smallPartBytesMax), {
    open: (name, attributes) => {
      if (name === 'numFmt') codes.set(Number(attributes['numFmtId']), formOfCode(attributes['formatCode'] ?? ''));
      else if (name === 'cellXfs') inCellStyles = true;
      else if (name === 'xf' && inCellStyles && forms.length < stylesMax) {
        const id = Number(attributes['numFmtId'] ?? 0);
        forms.push(codes.get(id) ?? formOfBuiltIn(id));
      }
    },
    text: () => {},
    close: (name) => {
      if (name === 'cellXfs') inCellStyles = false;
    },
  });
  return forms;
}

export async function readSharedStrings(parts: ZipParts, path: string | undefined): Promise<SharedStrings> {
  const shared = new SharedStrings();
  if (path !== undefined) await scanXml(parts.read(path, sharedPartBytesMax), shared.events());
  return shared;
}

async function findBook(parts: ZipParts): Promise<string> {
  const relations = parts.has('_rels/.rels') ? await readRelations(parts, '') : [];
  const path = relations.find((relation) => relation.type === 'officeDocument')?.path ?? 'xl/workbook.xml';
  if (!parts.has(path) || !/(^|\/)xl\/.*\.xml$/i.test(path)) throw new LubartError('import.format_unsupported');
  return path;
}

/** The relations of a part; their types are told apart by the last word, which is the same in both dialects of OOXML. */
async function readRelations(parts: ZipParts, of: string): Promise<Relation[]> {
  const folder = posix.dirname(of);
  const path = posix.join(folder, '_rels', `${posix.basename(of)}.rels`);
  const relations: Relation[] = [];
  if (!parts.has(path)) return relations;
  await scanXml(parts.read(path, smallPartBytesMax), {
    open: (name, attributes) => {
      if (name !== 'Relationship' || attributes['TargetMode'] === 'External') return;
      const target = attributes['Target'] ?? '';
      relations.push({
        id: attributes['Id'] ?? '',
        type: (attributes['Type'] ?? '').split('/').at(-1)!,
        path: target.startsWith('/') ? target.slice(1) : posix.join(folder, target),
      });
    },
    text: () => {},
    close: () => {},
  });
  return relations;
}

function addSheet(sheets: SheetInfo[], attributes: Record<string, string>, relations: Relation[]): void {
  const idName = Object.keys(attributes).find((name) => name.endsWith(':id'));
  const relation = relations.find(({ id }) => idName !== undefined && id === attributes[idName]);
  if (relation?.type !== 'worksheet' || sheets.length === sheetsMax) return; // charts and dialogs have no rows
  const hidden = attributes['state'] === 'hidden' || attributes['state'] === 'veryHidden';
  sheets.push({ name: attributes['name'] ?? '', hidden, path: relation.path });
}

function isTrue(text: string | undefined): boolean {
  return text === '1' || text === 'true';
}
