/** What leaves, and how: the words that server, command line and web share about files of clients. */

export const exportFormats = ['csv', 'xlsx'] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** Under a password (Excel opens it), for the holder of an age key, or open to whoever has the file. */
export const exportProtections = ['password', 'age', 'plain'] as const;
export type ExportProtection = (typeof exportProtections)[number];

export const exportStates = ['preparing', 'ready', 'fetched', 'ended', 'failed'] as const;
export type ExportState = (typeof exportStates)[number];

/** Clients in one file, and files in a day (24 hours back). */
export type ExportLimits = { readonly rows: number; readonly perDay: number };
/** The strictest of what holds for everybody and for each role of the person. */
export type ExportRules = {
  readonly organization: ExportLimits;
  readonly roles: readonly (ExportLimits & { readonly role: string })[];
};

export const defaultExportRules: ExportRules = { organization: { rows: 100_000, perDay: 20 }, roles: [] };

/** Hours for which a prepared file waits to be fetched. */
export const exportHours = 24;
