/** Invented contacts as a spreadsheet would hold them, with headings that an import recognises. */
import type { DemoContact } from './make-contacts.ts';

export const demoContactHeadings: readonly string[] = [
  'Прізвище',
  'Ім’я',
  'По батькові',
  'Телефон',
  'E-mail',
  'Посада',
  'Компанія',
  'ЄДРПОУ компанії',
  'Адреса',
  'День народження',
  'Джерело',
  'Етап',
  'Теги',
  'Нотатки',
  'Правова підстава',
  'Дата згоди',
  'Дата наступного кроку',
  'Наступний крок',
  'Очікувана сума',
];

/** The cells of one row, in the order of the headings. */
export function demoContactCells({ fields, companyEdrpou }: DemoContact): string[] {
  return [
    fields.lastName,
    fields.firstName,
    fields.middleName,
    fields.phones.map((phone) => phone.number).join('; '),
    fields.emails.map((email) => email.address).join('; '),
    fields.position,
    fields.companyName,
    companyEdrpou,
    fields.address,
    fields.birthday ?? '',
    fields.source,
    fields.stage,
    fields.tags.join(', '),
    fields.notes,
    fields.legalBasis,
    fields.consentGivenOn ?? '',
    fields.nextStepOn ?? '',
    fields.nextStepText,
    fields.expectedAmount ?? '',
  ];
}

/** One row as CSV (RFC 4180): quoted where it must be, CR LF at the end. */
export function demoCsvLine(cells: readonly string[]): string {
  return `${cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\r\n`;
}
