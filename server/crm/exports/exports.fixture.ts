/** For tests: the rows of an export as the plain CSV that they would make. */
import { newId } from '#kernel';
import { writeCsv } from '#crm/import-export/spreadsheet';
import { exportRows } from './export-rows.ts';

type Given = Parameters<typeof exportRows>;

/** @throws at once what the export refuses at once; while it is read, what it refuses then */
export function plainCsv(
  deps: Given[0],
  room: Given[1],
  actor: Given[2],
  reach: Given[3],
  {
    filters,
    rowsMax = 1_000_000,
    names,
  }: { filters: Given[4]['filters']; rowsMax?: number; names?: Given[4]['names'] },
): { bytes: AsyncGenerator<Uint8Array> } {
  const known = names ?? { person: () => '', department: () => '' };
  const { columns, rows } = exportRows(deps, room, actor, reach, { exportId: newId(), filters, rowsMax, names: known });
  const all = async function* () {
    yield columns.map(({ heading }) => heading);
    yield* rows;
  };
  return { bytes: writeCsv(all()) };
}
