/** Routes that explain. Apart from the others of this room: they need to be told how records are counted. */
import type { explanationRoutes } from '#contract';
import type { Handlers } from '#http';
import type { ExplainDeps } from './explain-access.ts';
import { explainPerson, explainRecord, previewRole } from './explain-access.ts';
import { previewDepartmentMove, previewPersonMove } from './heads/preview-move.ts';

export type ExplainHandlers = Handlers<typeof explanationRoutes>;

export function explainHandlers(deps: ExplainDeps): ExplainHandlers {
  return {
    'POST /api/v1/roles/:id/preview': ({ actor, reach, params, body }) =>
      previewRole(deps, actor, reach, params.id, body),
    'POST /api/v1/departments/:id/preview': ({ actor, reach, params, body }) =>
      previewDepartmentMove(deps, actor, reach, params.id, body.parentId),
    'POST /api/v1/people/:id/preview-move': ({ actor, reach, params, body }) =>
      previewPersonMove(deps, actor, reach, params.id, body.departmentId),
    'GET /api/v1/contacts/:id/viewers': ({ actor, reach, params }) =>
      explainRecord(deps, actor, reach, 'contact', params.id),
    'GET /api/v1/companies/:id/viewers': ({ actor, reach, params }) =>
      explainRecord(deps, actor, reach, 'company', params.id),
    'GET /api/v1/people/:id/access': ({ actor, reach, params }) => explainPerson(deps, actor, reach, params.id),
    'GET /api/v1/profile/access': ({ actor, reach }) => explainPerson(deps, actor, reach, actor.personId),
  };
}
