/** From a file on this machine to an import that runs: announced, uploaded sealed, looked at, mapped, started. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { ImportKind, ImportLookValue, ImportPlanValue, ImportViewValue, PreviewRowValue } from '#contract';
import type { Actor } from '#protections/access';
import type { Context } from './command.ts';
import { UsageError } from './command.ts';
import { departmentByText, personByText } from './find-by-text.ts';
import { readMapping } from './import-map.ts';
import type { OpenRooms } from './open-rooms.ts';

export type Prepared = { view: ImportViewValue; plan: ImportPlanValue; columns: ImportLookValue['columns'] };

/** Uploads the file and works out the plan. Nothing is imported yet. */
export async function prepareImport(
  context: Context,
  rooms: OpenRooms,
  actor: Actor,
  kind: ImportKind,
): Promise<Prepared> {
  const file = context.operands[0]!;
  const { size } = await stat(file);
  const defaults = await defaultsOf(context, rooms, actor); // what is written wrong is said before anything is uploaded
  const duplicates = duplicatesOf(context, kind);
  const body = { kind, fileName: basename(file), sizeBytes: size };
  const { id } = await rooms.call(actor, 'POST /api/v1/imports', { body });
  const view = await rooms.call(actor, 'PUT /api/v1/imports/:id/file', {
    params: { id },
    stream: createReadStream(file),
  });
  const sheet = context.text('sheet');
  const query = sheet === undefined ? {} : { sheet };
  const { columns, headingRow } = await rooms.call(actor, 'GET /api/v1/imports/:id/look', { params: { id }, query });
  const mapping = await readMapping(context.text('map')!, kind, columns);
  return { view, columns, plan: { mapping, headingRow, ...query, duplicates, defaults } };
}

export async function previewRows(
  rooms: OpenRooms,
  actor: Actor,
  { view, plan }: Prepared,
): Promise<PreviewRowValue[]> {
  return (await rooms.call(actor, 'POST /api/v1/imports/:id/preview', { params: { id: view.id }, body: plan })).rows;
}

type Duplicates = ImportPlanValue['duplicates'];

function duplicatesOf(context: Context, kind: ImportKind): Duplicates {
  const known = ['phone', 'email', 'edrpou'] as const;
  const text = context.text('by') ?? (kind === 'contacts' ? 'phone,email' : 'edrpou');
  const by = text.split(',').map((part) => part.trim());
  if (!by.every((part): part is (typeof known)[number] => (known as readonly string[]).includes(part))) {
    throw new UsageError({
      uk: `--by: через кому з ${known.join(', ')}.`,
      en: `--by: of ${known.join(', ')}, with commas.`,
    });
  }
  return { by: [...new Set(by)], then: (context.text('duplicates') ?? 'skip') as Duplicates['then'] };
}

async function defaultsOf(context: Context, rooms: OpenRooms, actor: Actor): Promise<ImportPlanValue['defaults']> {
  const [owner, department, source, tag] = ['owner', 'department', 'source', 'tag'].map((name) => context.text(name));
  const person =
    owner === undefined ? undefined : personByText((await rooms.call(actor, 'GET /api/v1/people')).people, owner);
  if (owner !== undefined && person === undefined)
    throw new UsageError({ uk: '--owner: немає такої людини.', en: '--owner: there is no such person.' });
  const branch =
    department === undefined
      ? undefined
      : departmentByText((await rooms.call(actor, 'GET /api/v1/departments')).departments, department);
  if (department !== undefined && branch === undefined) {
    throw new UsageError({
      uk: '--department: немає такого відділу.',
      en: '--department: there is no such department.',
    });
  }
  return {
    ...(person === undefined ? {} : { ownerId: person.id }),
    ...(branch === undefined ? {} : { departmentId: branch.id }),
    ...(source === undefined ? {} : { source }),
    ...(tag === undefined ? {} : { tags: [tag] }),
  };
}
