export type { ImportDeps } from './import-deps.ts';
export { listImportsInState } from './import-store.ts';
export { revertImport } from './revert-import.ts';
export type { ImportHandlers } from './routes.ts';
export { importHandlers } from './routes.ts';
export { runImport } from './run-import.ts';
export { sweepImports } from './sweep-imports.ts';
export { importLeavingStep } from './leaving-step.ts';
