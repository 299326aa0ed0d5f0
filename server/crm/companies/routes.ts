/** Companies over HTTP. */
import type { bulkRoutes, companyRoutes, CompanyRow, CompanyView, revealRoutes } from '#contract';
import type { Handlers } from '#http';
import type { RecordRoom } from '#crm/records';
import { answerHits, answerList } from '#crm/records';

/** All routes of companies but the export, which belongs to import-export. */
export type CompanyHandlers = Omit<Handlers<typeof companyRoutes>, 'POST /api/v1/companies/export'> &
  Pick<Handlers<typeof revealRoutes>, 'POST /api/v1/companies/:id/reveal'> &
  Pick<Handlers<typeof bulkRoutes>, 'POST /api/v1/companies/bulk'>;

export function companyHandlers(room: RecordRoom): CompanyHandlers {
  const view = async (opened: Promise<unknown>) => (await opened) as CompanyView;
  return {
    'GET /api/v1/companies': ({ actor, reach, query }) => answerList<CompanyRow>(room, actor, reach, query),
    'POST /api/v1/companies/find': async ({ actor, reach, body }) =>
      answerHits<CompanyRow>(
        await room.find(actor, reach, { text: body.text, archived: body.archived ?? false, limit: body.limit ?? 20 }),
      ),
    'POST /api/v1/companies': ({ actor, reach, body }) => view(room.create(actor, reach, body)),
    'GET /api/v1/companies/:id': ({ actor, reach, params }) => view(room.open(actor, reach, params.id)),
    'PATCH /api/v1/companies/:id': ({ actor, reach, params, body }) =>
      view(room.change(actor, reach, params.id, body.version, body.changes)),
    'POST /api/v1/companies/:id/reveal': ({ actor, reach, params, body }) => room.reveal(actor, reach, params.id, body),
    'POST /api/v1/companies/bulk': ({ actor, reach, body }) => room.changeMany(actor, reach, body),
    'POST /api/v1/companies/:id/archive': ({ actor, reach, params }) => view(room.archive(actor, reach, params.id)),
    'POST /api/v1/companies/:id/restore': ({ actor, reach, params }) => view(room.restore(actor, reach, params.id)),
  };
}
