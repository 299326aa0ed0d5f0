/** Contacts over HTTP. */
import type { bulkRoutes, contactRoutes, ContactRow, ContactView, revealRoutes } from '#contract';
import type { Database } from '#database';
import type { Handlers } from '#http';
import type { RecordRoom } from '#crm/records';
import { answerHits, answerList } from '#crm/records';
import { listTags } from './list-tags.ts';

/** All routes of contacts but the export, which belongs to import-export. */
export type ContactHandlers = Omit<Handlers<typeof contactRoutes>, 'POST /api/v1/contacts/export'> &
  Pick<Handlers<typeof revealRoutes>, 'POST /api/v1/contacts/:id/reveal'> &
  Pick<Handlers<typeof bulkRoutes>, 'POST /api/v1/contacts/bulk'>;

export function contactHandlers(room: RecordRoom, database: Database): ContactHandlers {
  const view = async (opened: Promise<unknown>) => (await opened) as ContactView;
  return {
    'GET /api/v1/contacts': ({ actor, reach, query }) => answerList<ContactRow>(room, actor, reach, query),
    'POST /api/v1/contacts/find': async ({ actor, reach, body }) =>
      answerHits<ContactRow>(
        await room.find(actor, reach, { text: body.text, archived: body.archived ?? false, limit: body.limit ?? 20 }),
      ),
    'POST /api/v1/contacts': ({ actor, reach, body }) => view(room.create(actor, reach, body)),
    'GET /api/v1/contacts/:id': ({ actor, reach, params }) => view(room.open(actor, reach, params.id)),
    'PATCH /api/v1/contacts/:id': ({ actor, reach, params, body }) =>
      view(room.change(actor, reach, params.id, body.version, body.changes)),
    'POST /api/v1/contacts/:id/reveal': ({ actor, reach, params, body }) => room.reveal(actor, reach, params.id, body),
    'POST /api/v1/contacts/bulk': ({ actor, reach, body }) => room.changeMany(actor, reach, body),
    'POST /api/v1/contacts/:id/archive': ({ actor, reach, params }) => view(room.archive(actor, reach, params.id)),
    'POST /api/v1/contacts/:id/restore': ({ actor, reach, params }) => view(room.restore(actor, reach, params.id)),
    'GET /api/v1/contact-tags': async ({ actor, reach }) => ({ tags: await listTags(database, actor, reach) }),
  };
}
