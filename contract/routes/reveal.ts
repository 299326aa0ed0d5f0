/** One masked value, shown whole for a reason. */
import Type from 'typebox';
import type { RouteTable } from './route.ts';
import { Uuid } from './shapes.ts';

const params = Type.Object({ id: Uuid });
const body = Type.Object(
  {
    field: Type.String({ minLength: 1, maxLength: 40, description: 'A field that is masked for the actor' }),
    reason: Type.String({ minLength: 3, maxLength: 300, description: 'Kept, sealed, in the audit log' }),
  },
  { additionalProperties: false },
);
const response = Type.Object({ field: Type.String(), value: Type.Unknown() });

export const revealRoutes = {
  'POST /api/v1/contacts/:id/reveal': {
    permission: 'contact.reveal',
    summary: 'Show one masked value of a contact',
    params,
    body,
    response,
  },
  'POST /api/v1/companies/:id/reveal': {
    permission: 'company.reveal',
    summary: 'Show one masked value of a company',
    params,
    body,
    response,
  },
} as const satisfies RouteTable;
