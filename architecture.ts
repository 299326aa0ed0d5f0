/**
 * Which folder may import which, and why. `test/architecture.test.ts` reads every import of the project and fails on one that
 * is not written here. Three laws stand above the table: protections never import crm; the web never imports the server; from
 * outside a folder only its door (`index.ts`) is imported.
 */

export type Room = {
  /** Folder, from the root of the project. */
  folder: string;
  /** Rooms whose door this one may open. */
  mayImport: readonly string[];
  why: string;
};

export const rooms: readonly Room[] = [
  {
    folder: 'contract/ukraine',
    mayImport: [],
    why: 'pure rules of Ukrainian names, phones and codes; server and browser alike',
  },
  {
    folder: 'contract/passwords',
    mayImport: ['contract/ukraine'],
    why: 'which passwords are guessed first; the server refuses by it, the meter in the browser shows it',
  },
  {
    folder: 'contract/tlog',
    mayImport: [],
    why: 'the formats by which a log is verified; the server seals by them, anybody checks by the same',
  },
  {
    folder: 'contract',
    mayImport: ['contract/ukraine', 'contract/tlog'],
    why: 'what server and web agree on; nothing else',
  },
  { folder: 'server/kernel', mayImport: ['contract'], why: 'clock, ids, errors, settings: no domain, no other I/O' },
  { folder: 'server/database/embedded', mayImport: ['server/kernel'], why: 'runs PostgreSQL; knows no table' },
  {
    folder: 'server/database',
    mayImport: ['contract', 'server/kernel', 'server/database/embedded'],
    why: 'transactions bound to an actor, migrations',
  },
  {
    folder: 'server/jobs',
    mayImport: ['contract', 'server/kernel', 'server/database'],
    why: 'the queue and its schedule; what a job does is said elsewhere',
  },
  {
    folder: 'server/sms',
    mayImport: ['server/kernel'],
    why: 'carries short messages to a provider; knows neither people nor codes',
  },
  {
    folder: 'server/protections/encryption/search',
    mayImport: ['contract/ukraine', 'server/kernel'],
    why: 'blind index tokens: from words and a key, nothing else',
  },
  {
    folder: 'server/protections/posture',
    mayImport: ['server/kernel'],
    why: 'the form of a check; rooms bring their own',
  },
  {
    folder: 'server/protections/encryption',
    mayImport: [
      'server/kernel',
      'server/database',
      'server/protections/encryption/search',
      'server/protections/posture',
    ],
    why: 'keys and seals; asks nobody who is asking',
  },
  {
    folder: 'server/protections/encryption/transit',
    mayImport: ['contract', 'server/kernel', 'server/database', 'server/protections/posture'],
    why: 'certificates and the rules of TLS; knows no client and no key of the data',
  },
  {
    folder: 'server/protections/encryption/rotation',
    mayImport: [
      'contract',
      'server/kernel',
      'server/database',
      'server/http',
      'server/protections/encryption',
      'server/protections/audit-log',
      'server/protections/posture',
    ],
    why: 'replaces keys while people work, and proves that nothing needs the old ones; is told what is indexed and which files are wrapped',
  },
  {
    folder: 'server/protections/encryption/recovery-kit',
    mayImport: [
      'server/kernel',
      'server/database',
      'server/protections/encryption',
      'server/protections/audit-log',
      'server/protections/posture',
    ],
    why: 'puts the keys on paper and proves that they come back; is told how the key of the log is read',
  },
  {
    folder: 'server/protections/access',
    mayImport: [
      'contract',
      'contract/ukraine',
      'server/kernel',
      'server/database',
      'server/http',
      'server/protections/encryption',
      'server/protections/audit-log',
      'server/protections/posture',
    ],
    why: 'people, departments, roles and reach',
  },
  {
    folder: 'server/protections/access/reviews',
    mayImport: [
      'contract',
      'server/kernel',
      'server/database',
      'server/http',
      'server/mail',
      'server/protections/access',
      'server/protections/encryption',
      'server/protections/audit-log',
      'server/protections/posture',
    ],
    why: 'asks heads about the rights of their people, takes what nobody vouches for, signs the result',
  },
  {
    folder: 'server/protections/audit-log/tree',
    mayImport: [
      'contract',
      'contract/tlog',
      'server/kernel',
      'server/database',
      'server/protections/encryption',
      'server/protections/posture',
    ],
    why: 'order, tree and signed heads over the bytes of entries; asks nobody what they mean',
  },
  {
    folder: 'server/protections/audit-log/retention',
    mayImport: [
      'contract',
      'contract/tlog',
      'server/kernel',
      'server/database',
      'server/http',
      'server/protections/access',
      'server/protections/encryption',
      'server/protections/audit-log',
      'server/protections/audit-log/tree',
      'server/protections/posture',
    ],
    why: 'how long entries are kept, what may not be deleted, and the night that deletes the rest',
  },
  {
    folder: 'server/protections/audit-log/forwarding',
    mayImport: [
      'contract',
      'contract/tlog',
      'server/kernel',
      'server/database',
      'server/http',
      'server/protections/access',
      'server/protections/encryption',
      'server/protections/audit-log',
      'server/protections/audit-log/tree',
      'server/protections/posture',
    ],
    why: 'entries go to receivers outside, each with its place in the tree',
  },
  {
    folder: 'server/protections/audit-log/witness',
    mayImport: [
      'contract',
      'contract/tlog',
      'server/kernel',
      'server/database',
      'server/http',
      'server/protections/access',
      'server/protections/encryption',
      'server/protections/audit-log',
      'server/protections/audit-log/tree',
      'server/protections/posture',
    ],
    why: 'heads of the log go to witnesses outside, and heads of others are confirmed; knows no entry',
  },
  {
    folder: 'server/protections/audit-log',
    mayImport: [
      'contract',
      'server/kernel',
      'server/database',
      'server/http',
      'server/protections/encryption',
      'server/protections/access',
      'server/protections/posture',
    ],
    why: 'needs to know who acted (access) and to seal what changed (encryption)',
  },
  {
    folder: 'server/protections/sign-in',
    mayImport: [
      'contract',
      'contract/ukraine',
      'contract/passwords',
      'server/kernel',
      'server/database',
      'server/http',
      'server/sms',
      'server/protections/encryption',
      'server/protections/audit-log',
      'server/protections/access',
      'server/protections/access/reviews',
      'server/protections/posture',
      'server/mail',
    ],
    why: 'lets people in; the actor it makes is defined by access',
  },
  {
    folder: 'server/mail',
    mayImport: [
      'contract',
      'contract/ukraine',
      'server/kernel',
      'server/database',
      'server/http',
      'server/protections/encryption',
      'server/protections/audit-log',
      'server/protections/posture',
    ],
    why: 'letters: queued with the act they tell about, sealed, delivered later; knows no person',
  },
  {
    folder: 'server/http',
    mayImport: [
      'contract',
      'server/kernel',
      'server/database',
      'server/protections/access',
      'server/protections/audit-log',
    ],
    why: 'session → permission → handler → answer; a refusal is audited',
  },
  {
    folder: 'server/crm/import-export/spreadsheet',
    mayImport: ['contract', 'contract/ukraine', 'server/kernel'],
    why: 'reads and writes files; knows no client',
  },
  {
    folder: 'server/crm/records',
    mayImport: [
      'contract',
      'contract/ukraine',
      'server/kernel',
      'server/database',
      'server/protections/access',
      'server/protections/audit-log',
      'server/protections/encryption',
    ],
    why: 'the one means by which contacts and companies are kept',
  },
  {
    folder: 'server/crm/statistics',
    mayImport: [
      'contract',
      'server/kernel',
      'server/database',
      'server/http',
      'server/crm/records',
      'server/protections/access',
      'server/protections/audit-log',
    ],
    why: 'numbers about clients; opens none of them',
  },
  {
    folder: 'server/crm/contacts',
    mayImport: [
      'contract',
      'server/kernel',
      'server/database',
      'server/http',
      'server/crm/records',
      'server/protections/encryption',
    ],
    why: 'what is special about contacts',
  },
  {
    folder: 'server/crm/companies',
    mayImport: ['contract', 'server/http', 'server/crm/records'],
    why: 'what is special about companies',
  },
  {
    folder: 'server/crm/exports',
    mayImport: [
      'contract',
      'server/kernel',
      'server/database',
      'server/http',
      'server/protections/access',
      'server/protections/audit-log',
      'server/protections/encryption',
      'server/protections/posture',
      'server/crm/records',
      'server/crm/import-export/spreadsheet',
    ],
    why: 'a file of clients that leaves: its rows, its protection, and the one time that it is fetched',
  },
  {
    folder: 'server/crm/decoys',
    mayImport: [
      'contract',
      'server/kernel',
      'server/database',
      'server/http',
      'server/protections/access',
      'server/protections/audit-log',
      'server/protections/encryption',
      'server/crm/records',
    ],
    why: 'planted clients, and the eye on the log that sees them touched',
  },
  {
    folder: 'server/crm/history',
    mayImport: [
      'contract',
      'server/kernel',
      'server/database',
      'server/http',
      'server/protections/access',
      'server/protections/audit-log',
      'server/protections/encryption',
      'server/crm/records',
    ],
    why: 'what a client was, out of the log; one change taken back; what a session was shown',
  },
  {
    folder: 'server/crm/erasure',
    mayImport: [
      'contract',
      'server/kernel',
      'server/database',
      'server/http',
      'server/protections/access',
      'server/protections/audit-log',
      'server/protections/encryption',
      'server/protections/posture',
      'server/crm/records',
    ],
    why: 'a client is gone with its key, everywhere, and stays gone after a restore',
  },
  {
    folder: 'server/crm/import-export',
    mayImport: [
      'contract',
      'contract/ukraine',
      'server/kernel',
      'server/database',
      'server/http',
      'server/crm/records',
      'server/crm/import-export/spreadsheet',
      'server/protections/access',
      'server/protections/audit-log',
      'server/protections/encryption',
    ],
    why: 'clients come in and go out by the same means and rights as everywhere',
  },
  { folder: 'server/demo', mayImport: ['*'], why: 'builds a whole invented company' },
  { folder: 'server', mayImport: ['*'], why: 'puts the rooms together; the only place that knows everybody' },
  {
    folder: 'verifier',
    mayImport: ['contract/tlog'],
    why: 'what others take away to verify the log: one page, one command; knows no server',
  },
  { folder: 'cli', mayImport: ['*'], why: 'an operator’s door; opens the same rooms' },
  {
    folder: 'web',
    mayImport: ['contract', 'contract/ukraine', 'contract/passwords'],
    why: 'a browser has no server inside',
  },
  { folder: 'test', mayImport: ['*'], why: 'tests may look everywhere' },
  { folder: 'bench', mayImport: ['*'], why: 'measurements drive the whole' },
  { folder: 'launch', mayImport: [], why: 'runs before anything is installed: node only' },
];

/** Never, whatever the table says: the first folder must not reach the second. */
export const laws: readonly { from: string; never: string; law: string }[] = [
  { from: 'server/protections', never: 'server/crm', law: 'protections never import crm' },
  { from: 'web', never: 'server', law: 'the web never imports the server' },
  { from: 'web', never: 'cli', law: 'the web never imports the command line' },
  { from: 'contract', never: 'server', law: 'the contract knows no side' },
];

/** Other doors than index.ts: heavy parts that must be asked for by name. */
export const sideDoors: readonly string[] = ['contract/ukraine/phone-abroad.ts'];
