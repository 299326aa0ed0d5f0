/** Every command there is, in the order of help. */
import type { Action } from './command.ts';
import { auditActions } from './commands/audit.ts';
import { auditEvidenceActions } from './commands/audit-evidence.ts';
import { auditVerifyActions } from './commands/audit-verify.ts';
import { configActions } from './commands/config.ts';
import { contactActions } from './commands/contacts.ts';
import { departmentActions } from './commands/departments.ts';
import { importActions } from './commands/import.ts';
import { keyKitActions } from './commands/key-kit.ts';
import { keyActions } from './commands/keys.ts';
import { openapiActions } from './commands/openapi.ts';
import { peopleActions } from './commands/people.ts';
import { postureActions } from './commands/posture.ts';
import { receiverActions } from './commands/receivers.ts';
import { recoverActions } from './commands/recover.ts';
import { reviewActions } from './commands/reviews.ts';
import { setupActions } from './commands/setup.ts';
import { statusActions } from './commands/status.ts';
import { tlsActions } from './commands/tls.ts';

export const actions: readonly Action[] = [
  ...setupActions,
  ...recoverActions,
  ...reviewActions,
  ...statusActions,
  ...postureActions,
  ...keyActions,
  ...keyKitActions,
  ...configActions,
  ...tlsActions,
  ...peopleActions,
  ...departmentActions,
  ...contactActions,
  ...importActions,
  ...auditActions,
  ...auditVerifyActions,
  ...auditEvidenceActions,
  ...receiverActions,
  ...openapiActions,
];
