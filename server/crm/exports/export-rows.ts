/**
 * The filtered list as rows, page by page; only what the actor sees, only by the right of its own. Hidden fields have no column,
 * masked ones stay masked. Each page leaves an audit entry with the clients that went out, before their bytes do. The last cell of
 * each row is the mark of this export: by it a copy is traced to whoever took it.
 */
import type { ContactFiltersValue, Kind, Language } from '#contract';
import { words } from '#contract';
import type { Reach } from '#database';
import type { Fields, PageQuery, RecordRoom } from '#crm/records';
import { closedFields, holderOf, listPage, requireOpenFilters, shownFields } from '#crm/records';
import { LubartError } from '#kernel';
import type { Actor } from '#protections/access';
import { reaches } from '#protections/access';
import { doerOf } from '#protections/audit-log';
import type { ExportDeps } from './export-deps.ts';

const rowsPerPage = 500;
const markHeading = { uk: 'Мітка вивантаження', en: 'Export mark' } as const;

export type Names = { person(id: string | null): string; department(id: string | null): string };

/** `date` cells are days, `number` cells decimal texts. */
export type ExportColumn = { heading: string; kind: 'text' | 'date' | 'number' };
export type ExportRows = { columns: ExportColumn[]; rows: AsyncGenerator<string[]> };

const cellKinds: Partial<Record<Kind, ExportColumn['kind']>> = { date: 'date', money: 'number' };

/** What the mark of an export is made of: enough to find it, short enough for a cell. */
export const markOfExport = (id: string): string => id.replaceAll('-', '').slice(-12);

/** @throws access.denied for a filter by a closed field; while rows are taken: export.too_many_rows */
export function exportRows(
  deps: Pick<ExportDeps, 'database' | 'keyring' | 'auditLog'>,
  room: RecordRoom,
  actor: Actor,
  reach: Reach,
  asked: { exportId: string; filters: ContactFiltersValue; rowsMax: number; names: Names },
): ExportRows {
  const { kind } = room;
  const { exportId, filters, rowsMax, names } = asked;
  requireOpenFilters(kind, actor, filters);
  const closed = closedFields(kind, actor);
  const drawn = (name: string, mask: string) =>
    closed[name] === undefined || (closed[name] === 'masked' && mask !== 'hide');
  // A linked company is known to people by its name, which has a column of its own.
  const fields = kind.fields.filter(
    ([name, declared]) => declared.export && declared.kind !== 'company' && drawn(name, declared.mask),
  );
  const said = words[actor.language];
  const label = (name: string) =>
    said[kind.name === 'contact' ? 'contactFields' : 'companyFields'][name as never] as string;
  const mark = markOfExport(exportId);
  const rows = async function* (): AsyncGenerator<string[]> {
    for await (const page of pages(deps, room, actor, reach, { filters, exportId, rowsMax }))
      for (const values of page)
        yield [
          ...fields.map(([name, declared]) => cellOf(name, declared.kind, values[name], names, actor.language)),
          mark,
        ];
  };
  return {
    columns: [
      ...fields.map(([name, declared]) => ({
        heading: label(name),
        kind: cellKinds[declared.kind] ?? ('text' as const),
      })),
      { heading: markHeading[actor.language], kind: 'text' },
    ],
    rows: rows(),
  };
}

async function* pages(
  deps: Pick<ExportDeps, 'database' | 'keyring' | 'auditLog'>,
  room: RecordRoom,
  actor: Actor,
  reach: Reach,
  { filters, exportId, rowsMax }: { filters: PageQuery['filters']; exportId: string; rowsMax: number },
): AsyncGenerator<Fields[]> {
  const seals = await deps.keyring.of(reach.organizationId);
  let cursor: string | undefined;
  let page = 0;
  let count = 0;
  do {
    const query: PageQuery = { filters, sort: 'created', cursor, limit: rowsPerPage };
    const found = await deps.database.read(reach, (tx) => listPage(tx, room.kind, seals, reach, query));
    const { next } = found;
    // Attack: a right to take along that reaches further than reading.
    const records = found.records.filter(({ fields }) =>
      reaches(actor, room.kind.permission('read'), holderOf(fields)),
    );
    count += records.length;
    // Before the entry: what is refused did not go out.
    if (count > rowsMax) throw new LubartError('export.too_many_rows', { details: { max: rowsMax } });
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
