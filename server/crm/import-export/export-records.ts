/**
 * The filtered list as a file, streamed page by page; only what the actor sees, only by the right of its own. Hidden fields have no
 * column, masked ones stay masked. Each page leaves an
 * audit entry with the clients that went out, before their bytes do.
 */
import type { ContactFiltersValue, Language } from '#contract';
import { words } from '#contract';
import type { Reach } from '#database';
import type { FileAnswer } from '#http';
import type { Fields, PageQuery, RecordRoom } from '#crm/records';
import { closedFields, holderOf, listPage, requireOpenFilters, shownFields } from '#crm/records';
import { newId } from '#kernel';
import type { Actor } from '#protections/access';
import { reaches } from '#protections/access';
import { doerOf } from '#protections/audit-log';
import type { ImportDeps } from './import-deps.ts';
import { writeCsv, writeXlsx } from './spreadsheet/index.ts';

const rowsPerPage = 500;

type Names = { person(id: string | null): string; department(id: string | null): string };

export async function exportRecords(
  deps: ImportDeps,
  room: RecordRoom,
  actor: Actor,
  reach: Reach,
  asked: { format: 'csv' | 'xlsx'; filters: ContactFiltersValue },
  names: Names,
): Promise<FileAnswer> {
  const { kind } = room;
  requireOpenFilters(kind, actor, asked.filters);
  const closed = closedFields(kind, actor);
  const drawn = (name: string, mask: string) =>
    closed[name] === undefined || (closed[name] === 'masked' && mask !== 'hide');
  // A linked company is known to people by its name, which has a column of its own.
  const columns = kind.fields.filter(
    ([name, declared]) => declared.export && declared.kind !== 'company' && drawn(name, declared.mask),
  );
  const label = (name: string) =>
    words[actor.language][kind.name === 'contact' ? 'contactFields' : 'companyFields'][name as never] as string;
  const headings = columns.map(([name]) => label(name));
  const exportId = newId();
  const cells = (fields: Fields) =>
    columns.map(([name, declared]) => cellOf(name, declared.kind, fields[name], names, actor.language));
  const rows = async function* (): AsyncGenerator<string[]> {
    for await (const page of pages(deps, room, actor, reach, asked.filters, exportId))
      for (const fields of page) yield cells(fields);
  };
  const day = deps.clock.now().toISOString().slice(0, 10);
  const fileName = `${kind.table}-${day}.${asked.format}`;
  if (asked.format === 'csv') {
    const withHeadings = async function* () {
      yield headings;
      yield* rows();
    };
    return { fileName, contentType: 'text/csv; charset=utf-8', bytes: writeCsv(withHeadings()) };
  }
  const xlsxColumns = columns.map(([name, declared]) => ({
    heading: label(name),
    kind: declared.kind === 'date' ? ('date' as const) : ('text' as const),
  }));
  return {
    fileName,
    contentType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    bytes: writeXlsx(rows(), { columns: xlsxColumns }),
  };
}

async function* pages(
  deps: ImportDeps,
  room: RecordRoom,
  actor: Actor,
  reach: Reach,
  filters: PageQuery['filters'],
  exportId: string,
): AsyncGenerator<Fields[]> {
  const seals = await deps.keyring.of(reach.organizationId);
  let cursor: string | undefined;
  let page = 0;
  do {
    const query: PageQuery = { filters, sort: 'created', cursor, limit: rowsPerPage };
    const found = await deps.database.read(reach, (tx) => listPage(tx, room.kind, seals, reach, query));
    const { next } = found;
    // Attack: a right to take along that reaches further than reading.
    const records = found.records.filter(({ fields }) =>
      reaches(actor, room.kind.permission('read'), holderOf(fields)),
    );
    await deps.auditLog.recordAlone(doerOf(actor), {
      event: room.kind.event('exported'),
      subjectKind: room.kind.name,
      subjectIds: records.map(({ row }) => row.id),
      facts: { export: exportId, page, last: next === null, filters: Object.keys(filters) },
    });
    yield records.map(({ fields }) => shownFields(room.kind, actor, fields));
    cursor = next ?? undefined;
    page += 1;
  } while (cursor !== undefined);
}

function cellOf(name: string, valueKind: string, value: unknown, names: Names, language: Language): string {
  switch (valueKind) {
    case 'phones':
      return (value as { number: string }[]).map((phone) => phone.number).join('; ');
    case 'emails':
      return (value as { address: string }[]).map((email) => email.address).join('; ');
    case 'tags':
      return (value as string[]).join(', ');
    case 'person':
      return names.person(value as string | null);
    case 'department':
      return names.department(value as string | null);
    case 'choice':
      return choiceWords(language, name, String(value));
    default:
      return typeof value === 'string' ? value : '';
  }
}

function choiceWords(language: Language, name: string, value: string): string {
  const said = words[language];
  const table: Record<string, string> = name === 'stage' ? said.stages : said.legalBases;
  return table[value] ?? value;
}
