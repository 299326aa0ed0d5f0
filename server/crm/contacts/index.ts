export { refreshCompanyName, takeCompanyName } from './follow-company.ts';
export type { ContactHandlers } from './routes.ts';
export { contactHandlers } from './routes.ts';
