/** The fixed parts of a workbook that Lubart writes (ECMA-376 part 1, §18; part 2 for the package around it). */
import { escapeText } from './xlsx-text.ts';

const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const packaged = 'http://schemas.openxmlformats.org/package/2006';
const media = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

const sheetTitleCharsMax = 31;
const columnWidthDefault = 18;

export const sheetEnd = '</sheetData></worksheet>';

/** A name that Excel accepts for a sheet: 31 characters, none of `[]:*?/\`, no apostrophe at the ends. */
export function sheetTitle(name: string, index: number): string {
  const suffix = index === 0 ? '' : ` ${index + 1}`;
  const bare = name.replace(/[[\]:*?/\\\u0000-\u001f]/g, ' ').replace(/^[' ]+|[' ]+$/g, '');
  return (bare === '' ? 'Lubart' : bare).slice(0, sheetTitleCharsMax - suffix.length) + suffix;
}

/** The beginning of a sheet: first row frozen, columns with their widths. */
export function sheetStart(columns: readonly { width?: number }[]): string {
  const widths = columns.map(
    ({ width = columnWidthDefault }, i) => `<col min="${i + 1}" max="${i + 1}" width="${width}" customWidth="1"/>`,
  );
  return (
    `${head}<worksheet xmlns="${main}"><sheetViews><sheetView workbookViewId="0">` +
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>' +
    (widths.length === 0 ? '' : `<cols>${widths.join('')}</cols>`) +
    '<sheetData>'
  );
}

/** 'A1' for column 0 and row 1, 'AB7' for column 27 and row 7. */
export function cellName(column: number, row: number): string {
  return (columnLetters[column] ??= lettersOf(column)) + row;
}

const columnLetters: string[] = [];

function lettersOf(column: number): string {
  let letters = '';
  for (let rest = column + 1; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    letters = String.fromCharCode(65 + ((rest - 1) % 26)) + letters;
  }
  return letters;
}

/** Everything but the sheets, by path. Styles: 0 plain, 1 heading, 2 day, 3 day and time. */
export function bookParts(names: readonly string[]): [path: string, xml: string][] {
  return [
    ['xl/styles.xml', styles],
    ['xl/workbook.xml', workbook(names)],
    ['xl/_rels/workbook.xml.rels', bookRelations(names)],
    ['_rels/.rels', relations(relation(1, 'officeDocument', 'xl/workbook.xml'))],
    ['[Content_Types].xml', contentTypes(names)],
  ];
}

const styles =
  `${head}<styleSheet xmlns="${main}">` +
  '<numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>' +
  '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>' +
  '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>' +
  '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>' +
  '<fills count="2"><fill><patternFill patternType="none"/></fill>' +
  '<fill><patternFill patternType="gray125"/></fill></fills>' +
  '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>' +
  '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>' +
  '<cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>' +
  '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>' +
  '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>' +
  '<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>' +
  '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>';

function workbook(names: readonly string[]): string {
  const sheets = names.map((name, i) => `<sheet name="${escapeText(name)}" sheetId="${i + 1}" r:id="rId${i + 1}"/>`);
  return `${head}<workbook xmlns="${main}" xmlns:r="${office}"><sheets>${sheets.join('')}</sheets></workbook>`;
}

function bookRelations(names: readonly string[]): string {
  const sheets = names.map((_, i) => relation(i + 1, 'worksheet', `worksheets/sheet${i + 1}.xml`));
  return relations(sheets.join('') + relation(names.length + 1, 'styles', 'styles.xml'));
}

function relation(number: number, type: string, target: string): string {
  return `<Relationship Id="rId${number}" Type="${office}/${type}" Target="${target}"/>`;
}

function relations(inside: string): string {
  return `${head}<Relationships xmlns="${packaged}/relationships">${inside}</Relationships>`;
}

function contentTypes(names: readonly string[]): string {
  const override = (path: string, type: string) => `<Override PartName="/${path}" ContentType="${media}.${type}+xml"/>`;
  return (
    `${head}<Types xmlns="${packaged}/content-types">` +
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>' +
    '<Default Extension="xml" ContentType="application/xml"/>' +
    override('xl/workbook.xml', 'sheet.main') +
    override('xl/styles.xml', 'styles') +
    names.map((_, i) => override(`xl/worksheets/sheet${i + 1}.xml`, 'worksheet')).join('') +
    '</Types>'
  );
}
