/** Before the first big import, the organization’s alphabet is cut by the names that come, so that pages by name stay small. */
import { systemReach } from '#protections/encryption';
import type { OrganizationSeals } from '#protections/encryption';
import type { Transaction } from '#database';
import { allSent } from '#database';
import type { NameOrder, RecordRoom } from '#crm/records';
import { columnsOf, nameBucket, openRow, orderFromSample, plainOrder, Statement, writeNameOrder } from '#crm/records';
import type { RandomAccessSource } from './spreadsheet/index.ts';
import { readCsv, readXlsx } from './spreadsheet/index.ts';
import type { ImportDeps } from './import-deps.ts';
import type { RowMapper } from './map-row.ts';
import type { FileShape } from './read-rows.ts';

/** An organization with more clients than this keeps its cuts: they would all have to be placed anew. */
const recordsToPlaceMax = 5_000;
const samplePlaces = 20;
const rowsPerPlace = 1_000;

type SourceFile = RandomAccessSource & { from(byte: number): AsyncGenerator<Uint8Array> };

export async function adoptNameOrder(
  deps: ImportDeps,
  room: RecordRoom,
  seals: OrganizationSeals,
  file: SourceFile,
  shape: FileShape,
  map: RowMapper,
): Promise<void> {
  const { kind } = room;
  const reach = systemReach(seals.organizationId, 'all');
  const count = new Statement();
  count.add(
    `SELECT count(*)::int AS count FROM (SELECT 1 FROM ${kind.table} WHERE organization_id = ${count.value(seals.organizationId)}`,
  );
  count.add(` LIMIT ${recordsToPlaceMax + 1}) AS counted`);
  const [there] = await deps.database.read(reach, (tx) => count.rows<{ count: number }>(tx));
  if (there!.count > recordsToPlaceMax) return;
  const order = orderFromSample(await sampleNames(room, file, shape, map));
  if (order === plainOrder) return;
  await deps.database.act(reach, async (tx) => {
    await writeNameOrder(tx, seals, kind.name, order, deps.clock.now());
    await placeAll(tx, room, seals, order);
  });
  room.forgetNameOrder(seals.organizationId);
  // Who was being written while the cuts changed was placed by the old ones.
  await deps.database.act(reach, (tx) => placeAll(tx, room, seals, order));
}

/** Gives every record the bucket that the cuts say. */
async function placeAll(
  tx: Transaction,
  { kind }: RecordRoom,
  seals: OrganizationSeals,
  order: NameOrder,
): Promise<void> {
  const all = new Statement();
  all.add(
    `SELECT ${columnsOf(kind)} FROM ${kind.table} WHERE organization_id = ${all.value(seals.organizationId)} FOR UPDATE`,
  );
  const misplaced = (await all.rows(tx))
    .map((row) => ({ row, bucket: nameBucket(kind, order, openRow(kind, seals, row).fields) }))
    .filter(({ row, bucket }) => row.name_bucket !== bucket);
  await allSent(
    misplaced.map(({ row, bucket }) => {
      const place = new Statement();
      place.add(`UPDATE ${kind.table} SET name_bucket = ${place.value(bucket)}`);
      place.add(` WHERE organization_id = ${place.value(seals.organizationId)} AND id = ${place.value(row.id)}`);
      return place.rows(tx);
    }),
  );
}

/** Names from places all over the file: many exports are sorted, so its beginning says little. */
async function sampleNames(room: RecordRoom, file: SourceFile, shape: FileShape, map: RowMapper): Promise<string[]> {
  const names: string[] = [];
  const places = shape.format === 'csv' ? Math.min(samplePlaces, Math.ceil(file.size / 262_144)) : 1;
  for (let place = 0; place < places; place += 1) {
    const byteOffset = Math.floor((file.size / places) * place);
    const batchRows = shape.format === 'csv' ? rowsPerPlace : samplePlaces * rowsPerPlace;
    try {
      const batches =
        shape.format === 'csv'
          ? readCsv(file.from(byteOffset), {
              encoding: shape.encoding!,
              delimiter: shape.delimiter!,
              batchRows,
              start: { byteOffset, line: 1 },
            })
          : readXlsx(file, { batchRows, ...(shape.sheet === null ? {} : { sheet: shape.sheet }) });
      for await (const batch of batches) {
        // The first row of a place is cut, or holds the headings.
        for (const row of batch.slice(1)) {
          const { fields, problems } = map(row);
          const name = problems.length === 0 ? room.kind.nameOf({ ...room.kind.blank, ...fields }) : '';
          if (name !== '') names.push(name);
        }
        break;
      }
    } catch {
      // A place in the middle of a quoted text may read as nonsense; the run itself will say what is wrong with the file.
    }
  }
  return names;
}
