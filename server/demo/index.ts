/** The invented company of `npm start -- --demo`, and the generator of invented clients that benchmarks use as well. */
export { demoContactCells, demoContactHeadings, demoCsvLine } from './contact-cells.ts';
export type { DemoContact } from './make-contacts.ts';
export { makeDemoContacts } from './make-contacts.ts';
export { seedDemo } from './seed-demo.ts';
