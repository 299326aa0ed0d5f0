export * from './bytes.ts';
export * from './add-checkpoint.ts';
export * from './checkpoint.ts';
export * from './merkle.ts';
export * from './note.ts';
export * from './tiles.ts';
export * from './check-proof.ts';
export * from './evidence.ts';
export { sayProof, sayReport } from './evidence-words.ts';
