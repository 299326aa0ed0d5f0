export { investigationHandlers } from './routes.ts';
