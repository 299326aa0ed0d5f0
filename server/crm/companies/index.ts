export type { CompanyHandlers } from './routes.ts';
export { companyHandlers } from './routes.ts';
