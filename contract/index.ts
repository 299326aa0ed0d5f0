/** What server, command line and web agree on. */
export * from './errors.ts';
export * from './events.ts';
export * from './permissions.ts';
export * from './records/record.ts';
export * from './records/contact.ts';
export * from './records/company.ts';
export * from './routes/index.ts';
export * from './routes/route.ts';
export * from './routes/shapes.ts';
export * from './routes/contacts.ts';
export * from './routes/people.ts';
export * from './routes/factors.ts';
export * from './routes/imports.ts';
export * from './routes/audit.ts';
export * from './routes/links.ts';
export * from './step-up.ts';
export * from './words/index.ts';
