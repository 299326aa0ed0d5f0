/** Showing one masked value, over HTTP. */
import type { revealRoutes } from '#contract';
import type { Handlers } from '#http';
import type { RecordRoom } from './record-room.ts';

export function revealHandlers(contacts: RecordRoom, companies: RecordRoom): Handlers<typeof revealRoutes> {
  return {
    'POST /api/v1/contacts/:id/reveal': ({ actor, reach, params, body }) =>
      contacts.reveal(actor, reach, params.id, body),
    'POST /api/v1/companies/:id/reveal': ({ actor, reach, params, body }) =>
      companies.reveal(actor, reach, params.id, body),
  };
}
