/**
 * Every setting Lubart has, in one table: name, kind, default, meaning. The rest of the server receives a checked
 * `Config` and never looks at the environment itself. A wrong value names itself and says what is wrong with it; a
 * misspelt name is refused, because a setting that silently does nothing is a protection that is silently off.
 */
import { createHash } from 'node:crypto';
import { accessSync, constants, realpathSync } from 'node:fs';
import { isIP } from 'node:net';
import { basename, dirname, join, relative, resolve, isAbsolute, sep } from 'node:path';
import { DatabaseUrlFault, readDatabaseUrl } from './database-url.ts';
import { LubartError } from './errors.ts';
import type { MailSettings } from './mail-settings.ts';
import { readMail } from './mail-settings.ts';
import type { Secret } from './secret.ts';
import { secretOf } from './secret.ts';
import type { SmsAddress } from './sms-address.ts';
import { readSmsAddress, SmsAddressFault } from './sms-address.ts';

export type SettingKind =
  | 'folder'
  | 'file'
  | 'port'
  | 'host'
  | 'origin'
  | 'networks'
  | 'database-url'
  | 'smtp-url'
  | 'sender'
  | 'sms-url'
  | 'authority'
  | 'descriptor'
  | 'token'
  | 'choice';

/** One row of the settings table; documents and `lubart config` print these rows as they are. */
export type Setting = {
  name: string;
  kind: SettingKind;
  /** What holds when nothing is set, in words when it is computed. */
  default: string;
  /** One line in English; the way it is shown to a person. */
  meaning: string;
  choices?: readonly string[];
  /** Its value may hold a password: never printed, never taken from the command line. */
  secret?: true;
};

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;
const languages = ['uk', 'en'] as const;

export const settings: readonly Setting[] = [
  { name: 'LUBART_DATA', kind: 'folder', default: './data', meaning: 'folder that holds the database and files' },
  {
    name: 'LUBART_KEYS',
    kind: 'file',
    default: '~/.config/lubart/<data folder>/root.key',
    meaning: 'root key file; it must lie outside the data folder',
  },
  {
    name: 'LUBART_KEYS_FD',
    kind: 'descriptor',
    default: '',
    meaning: 'number of an open file that gives the passphrase of the key file, 3; asked for on a terminal when empty',
  },
  {
    name: 'LUBART_VAULT_TOKEN',
    kind: 'token',
    default: '',
    meaning: 'token for Vault or OpenBao, when it keeps the key of the key file',
    secret: true,
  },
  {
    name: 'LUBART_VAULT_ROLE',
    kind: 'token',
    default: '',
    meaning: 'AppRole instead of a token: role id, colon, secret id',
    secret: true,
  },
  {
    name: 'LUBART_AWS_KEY',
    kind: 'token',
    default: '',
    meaning:
      'credentials of AWS, when KMS keeps the key of the key file: access key id, colon, secret, perhaps colon, session token',
    secret: true,
  },
  {
    name: 'LUBART_PKCS11_MODULE',
    kind: 'file',
    default: '',
    meaning: 'PKCS #11 library of the token that opens the key file, /usr/lib/opensc-pkcs11.so',
  },
  { name: 'LUBART_PORT', kind: 'port', default: '4477', meaning: 'port to listen on; 0 takes any free one' },
  { name: 'LUBART_HOST', kind: 'host', default: '127.0.0.1', meaning: 'address to listen on' },
  { name: 'LUBART_ORIGIN', kind: 'origin', default: '', meaning: 'public address people open, https://crm.example' },
  {
    name: 'LUBART_PROXIES',
    kind: 'networks',
    default: '',
    meaning: 'networks of trusted proxies, 10.0.0.2,10.1.0.0/24',
  },
  { name: 'LUBART_TLS_CERT', kind: 'file', default: '', meaning: 'certificate chain in PEM' },
  { name: 'LUBART_TLS_KEY', kind: 'file', default: '', meaning: 'private key of the certificate in PEM' },
  {
    name: 'LUBART_TLS_FROM',
    kind: 'authority',
    default: '',
    meaning: 'who gives the certificate by itself: letsencrypt, the https address of an ACME directory, or local',
  },
  {
    name: 'LUBART_REDIRECT_PORT',
    kind: 'port',
    default: '',
    meaning: 'port of a plain door that only points to LUBART_ORIGIN, 80; none when empty',
  },
  {
    name: 'DATABASE_URL',
    kind: 'database-url',
    default: '',
    meaning: 'own PostgreSQL 15 or newer, beyond this machine with ?sslmode=verify-full; the embedded one when empty',
    secret: true,
  },
  {
    name: 'LUBART_SMTP_URL',
    kind: 'smtp-url',
    default: '',
    meaning:
      'mail server, smtps://name:password@mail.example or smtp://…:587; without it links are shown on the screen',
    secret: true,
  },
  {
    name: 'LUBART_MAIL_FROM',
    kind: 'sender',
    default: '',
    meaning: 'whom letters are from, Firm <crm@firm.example>',
  },
  {
    name: 'LUBART_SMS_URL',
    kind: 'sms-url',
    default: '',
    meaning: 'provider of SMS codes: turbosms://, twilio:// or smpps://, with its token and sender; none when empty',
    secret: true,
  },
  {
    name: 'LUBART_LANGUAGE',
    kind: 'choice',
    default: 'uk',
    meaning: 'language before a person chose one',
    choices: languages,
  },
  { name: 'LUBART_LOG_LEVEL', kind: 'choice', default: 'info', meaning: 'how much is logged', choices: logLevels },
];

/** Names that belong to launch scripts and tests, known here only so that they are not taken for mistakes. */
const namesOfLaunch = ['LUBART_CHROMIUM'];

/** Where the keepers of the root key find what they need; the key file says which of them it is closed by. */
export type KeySources = {
  /** The passphrase is read from it. */
  readonly descriptor?: number | undefined;
  /** What systemd hands to the service alone. */
  readonly credentialsFolder?: string | undefined;
  readonly vaultToken?: Secret<string> | undefined;
  readonly vaultRole?: Secret<string> | undefined;
  /** Access key id, secret and perhaps a session token, with colons between them. */
  readonly awsKey?: Secret<string> | undefined;
  /** Absolute path of the library that speaks with the token. */
  readonly pkcs11Module?: string | undefined;
  /** It lies there since the token refused a PIN. Absolute. */
  readonly refusedPinFile?: string | undefined;
};

export type Config = {
  /** Absolute. */
  dataFolder: string;
  /** Absolute path of the root key file, outside `dataFolder`. */
  keyFile: string;
  /** What opens a key file that is closed. */
  keySources: KeySources;
  port: number;
  host: string;
  /** Scheme, host and port only; undefined when the address follows from host and port. */
  origin: string | undefined;
  /** CIDR notation, always with a prefix length. */
  proxies: string[];
  tls: { certFile: string; keyFile: string } | undefined;
  /** Undefined: the files of `tls` are somebody’s own. Otherwise Lubart gets and renews them, in `folder` beside the root key. */
  certificateFrom: { kind: 'local' | 'acme'; directory: string; folder: string } | undefined;
  /** Undefined: nobody listens for plain HTTP beside TLS. */
  redirectPort: number | undefined;
  /** Undefined: the embedded PostgreSQL. Secret, for it may hold a password. */
  databaseUrl: Secret<string> | undefined;
  /** Undefined: no letters are sent; links are shown on the screen. */
  mail: MailSettings | undefined;
  /** Undefined: no SMS is sent. */
  sms: SmsAddress | undefined;
  language: (typeof languages)[number];
  logLevel: (typeof logLevels)[number];
  /** `--demo`: start with an invented company. */
  demo: boolean;
};

export type Surroundings = {
  /** Absolute folder that relative paths start from. */
  cwd: string;
  /** Home folder of the person who runs Lubart; may be empty. */
  home: string;
  /** Numeric user id, undefined on Windows. */
  uid: number | undefined;
};

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads and checks all settings. An empty value counts as not set. On the command line `--port 4478` means
 * LUBART_PORT=4478 and wins over the environment; `--demo` is the only flag without a value.
 * @throws LubartError config.invalid, config.unknown, config.listen_without_tls; `field` is the setting's name.
 */
export function readConfig(env: Environment, argv: readonly string[], surroundings: Surroundings): Config {
  refuseUnknownNames(env);
  const { values, demo } = readArguments(argv);
  const text = (name: string): string => values.get(name) ?? env[name]?.trim() ?? '';
  const path = (name: string): string | undefined => readPath(name, text(name), surroundings);

  const dataFolder = path('LUBART_DATA') ?? resolve(surroundings.cwd, 'data');
  const keyFile = path('LUBART_KEYS') ?? defaultKeyFile(dataFolder, env, surroundings);
  refuseKeysBesideData(keyFile, dataFolder);
  const ownFiles = readTls(path('LUBART_TLS_CERT'), path('LUBART_TLS_KEY'));
  const certificateFrom = readAuthority(text('LUBART_TLS_FROM'), join(dirname(keyFile), 'tls'));
  if (ownFiles !== undefined && certificateFrom !== undefined)
    throw invalid('LUBART_TLS_FROM', 'beside_own_certificate');
  const config: Config = {
    dataFolder,
    keyFile,
    keySources: {
      descriptor: readDescriptor(text('LUBART_KEYS_FD')),
      credentialsFolder: env['CREDENTIALS_DIRECTORY'] || undefined,
      vaultToken: secretOf(readToken('LUBART_VAULT_TOKEN', text('LUBART_VAULT_TOKEN'), /^[\x21-\x7e]+$/)),
      vaultRole: secretOf(
        readToken('LUBART_VAULT_ROLE', text('LUBART_VAULT_ROLE'), /^[\x21-\x39\x3b-\x7e]+:[\x21-\x7e]+$/),
      ),
      awsKey: secretOf(
        readToken(
          'LUBART_AWS_KEY',
          text('LUBART_AWS_KEY'),
          /^\w{4,128}:[\x21-\x39\x3b-\x7e]+(:[\x21-\x39\x3b-\x7e]+)?$/,
        ),
      ),
      pkcs11Module: path('LUBART_PKCS11_MODULE'),
      refusedPinFile: `${keyFile}.pin-refused`,
    },
    port: readPort('LUBART_PORT', text('LUBART_PORT') || '4477'),
    host: readHost(text('LUBART_HOST') || '127.0.0.1'),
    origin: readOrigin(text('LUBART_ORIGIN')),
    proxies: readNetworks(text('LUBART_PROXIES')),
    tls: certificateFrom === undefined ? ownFiles : keptFiles(certificateFrom.folder),
    certificateFrom,
    redirectPort: text('LUBART_REDIRECT_PORT')
      ? readPort('LUBART_REDIRECT_PORT', text('LUBART_REDIRECT_PORT'))
      : undefined,
    databaseUrl: secretOf(requireDatabaseUrl(text('DATABASE_URL'))),
    mail: readMail(text('LUBART_SMTP_URL'), text('LUBART_MAIL_FROM'), isLoopbackHost),
    sms: readSms(text('LUBART_SMS_URL')),
    language: readChoice('LUBART_LANGUAGE', text('LUBART_LANGUAGE') || 'uk', languages),
    logLevel: readChoice('LUBART_LOG_LEVEL', text('LUBART_LOG_LEVEL') || 'info', logLevels),
    demo,
  };
  // Attack: sign-in and client data read off the office network. Only loopback may speak plain HTTP.
  if (!isLoopbackHost(config.host) && !config.tls && config.proxies.length === 0) {
    throw new LubartError('config.listen_without_tls', { field: 'LUBART_HOST', details: { host: config.host } });
  }
  // A plain door that points to plain HTTP, or to an address that only the asker named, would be worse than none.
  if (config.redirectPort !== undefined && (!config.tls || config.origin === undefined)) {
    throw invalid('LUBART_REDIRECT_PORT', config.tls ? 'origin_missing' : 'needs_tls');
  }
  if (certificateFrom !== undefined && config.origin === undefined) throw invalid('LUBART_TLS_FROM', 'origin_missing');
  // The authority comes to the plain door for its proof.
  if (certificateFrom?.kind === 'acme' && config.redirectPort === undefined) {
    throw invalid('LUBART_TLS_FROM', 'redirect_port_missing');
  }
  return config;
}

/** True when `host` can be reached from this machine only. */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

function invalid(name: string, reason: string, value?: string): LubartError {
  const details = value === undefined ? { reason } : { reason, value: value.slice(0, 120) };
  return new LubartError('config.invalid', { field: name, details });
}

function unknown(name: string, known: readonly string[]): LubartError {
  const nearest = known.toSorted((a, b) => distance(name, a) - distance(name, b))[0] ?? '';
  return new LubartError('config.unknown', { field: name, details: { name, nearest } });
}

function refuseUnknownNames(env: Environment): void {
  const known = [...settings.map((setting) => setting.name), ...namesOfLaunch];
  for (const name of Object.keys(env)) {
    if (name.startsWith('LUBART_') && !known.includes(name)) throw unknown(name, known);
  }
}

function readArguments(argv: readonly string[]): { values: Map<string, string>; demo: boolean } {
  const flags = new Map<string, string>();
  for (const { name, secret } of settings) {
    if (!secret) flags.set(`--${name.replace('LUBART_', '').replaceAll('_', '-').toLowerCase()}`, name);
  }
  const values = new Map<string, string>();
  let demo = false;
  for (let at = 0; at < argv.length; at++) {
    const [flag = '', inline] = (argv[at] ?? '').split(/=(.*)/s);
    if (flag === '--demo' && inline === undefined) {
      demo = true;
      continue;
    }
    const name = flags.get(flag);
    if (name === undefined) throw unknown(flag, ['--demo', ...flags.keys()]);
    const value = inline ?? argv[++at];
    if (!value) throw invalid(name, 'value_missing');
    values.set(name, value.trim());
  }
  return { values, demo };
}

function readPath(name: string, text: string, { cwd, home }: Surroundings): string | undefined {
  if (text === '') return undefined;
  if (text.includes('\0') || text.includes('\n')) throw invalid(name, 'not_a_path');
  // The shell does not expand ~ inside an environment file, and a folder called “~” surprises everybody.
  if (text === '~' || text.startsWith('~/')) {
    if (!home) throw invalid(name, 'no_home_folder', text);
    return resolve(home, text.slice(2));
  }
  return resolve(cwd, text);
}

function defaultKeyFile(dataFolder: string, env: Environment, { home, uid }: Surroundings): string {
  const base = env['XDG_CONFIG_HOME'];
  const folder = base && isAbsolute(base) ? base : home || (uid === 0 ? '/root' : '');
  if (!folder) throw invalid('LUBART_KEYS', 'no_home_folder');
  const settingsFolder = folder === base ? folder : join(folder, '.config');
  // Two installations of one person must not share a key: the name follows from where the data lies.
  const mark = createHash('sha256').update(dataFolder).digest('hex').slice(0, 12);
  return join(settingsFolder, 'lubart', `${basename(dirname(dataFolder)) || 'root'}-${mark}`, 'root.key');
}

function refuseKeysBesideData(keyFile: string, dataFolder: string): void {
  // Attack: whoever carries off the data folder, or a copy of it, must not carry the key along. Links are followed.
  for (const follow of [(path: string) => path, followLinks]) {
    const way = relative(follow(dataFolder), follow(keyFile));
    if (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)) {
      throw invalid('LUBART_KEYS', 'inside_data_folder', keyFile);
    }
  }
}

/** The real path of the part that exists, with the rest appended as it is. */
function followLinks(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(followLinks(parent), basename(path));
  }
}

function readPort(name: string, text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : -1;
  if (port < 0 || port > 65_535) throw invalid(name, 'not_a_port', text);
  return port;
}

function readDescriptor(text: string): number | undefined {
  if (text === '') return undefined;
  if (!/^\d{1,4}$/.test(text) || text === '1' || text === '2')
    throw invalid('LUBART_KEYS_FD', 'not_a_descriptor', text);
  return Number(text);
}

/** The value is never repeated. */
function readToken(name: string, text: string, form: RegExp): string | undefined {
  if (text === '') return undefined;
  if (!form.test(text)) throw invalid(name, 'not_a_token');
  return text;
}

function readHost(text: string): string {
  const host = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
  const isName = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i.test(host);
  // 300.1.1.1 has the form of a name, yet nobody means one.
  if (isIP(host) === 0 && (!isName || /^[\d.]+$/.test(host))) throw invalid('LUBART_HOST', 'not_an_address', text);
  return host.toLowerCase();
}

function readOrigin(text: string): string | undefined {
  if (text === '') return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) throw invalid('LUBART_ORIGIN', 'not_an_origin', text);
  if (url.username || url.password) throw invalid('LUBART_ORIGIN', 'has_a_password');
  if (url.pathname !== '/' || url.search || url.hash) throw invalid('LUBART_ORIGIN', 'has_a_path', text);
  const loopback = isLoopbackHost(url.hostname.replace(/^\[|\]$/g, ''));
  if (url.protocol === 'http:' && !loopback) throw invalid('LUBART_ORIGIN', 'not_https', text);
  return url.origin;
}

function readNetworks(text: string): string[] {
  const parts = text.split(',').map((part) => part.trim());
  return parts.filter((part) => part !== '').map(readNetwork);
}

function readNetwork(text: string): string {
  const [address = '', prefix, ...rest] = text.split('/');
  const family = isIP(address);
  const bits = family === 4 ? 32 : 128;
  const length = prefix === undefined ? bits : /^\d{1,3}$/.test(prefix) ? Number(prefix) : -1;
  if (family === 0 || rest.length > 0 || length < 0 || length > bits) {
    throw invalid('LUBART_PROXIES', 'not_a_network', text);
  }
  // Attack: trusting everybody as a proxy lets anyone write their own address into the audit log.
  if (length === 0) throw invalid('LUBART_PROXIES', 'network_too_wide', text);
  return `${address.toLowerCase()}/${length}`;
}

function readTls(certFile: string | undefined, keyFile: string | undefined): Config['tls'] {
  if (!certFile && !keyFile) return undefined;
  if (!certFile) throw invalid('LUBART_TLS_CERT', 'missing_beside_key');
  if (!keyFile) throw invalid('LUBART_TLS_KEY', 'missing_beside_certificate');
  for (const [name, file] of Object.entries({ LUBART_TLS_CERT: certFile, LUBART_TLS_KEY: keyFile })) {
    try {
      accessSync(file, constants.R_OK);
    } catch {
      throw invalid(name, 'file_unreadable', file);
    }
  }
  return { certFile, keyFile };
}

function readAuthority(text: string, folder: string): Config['certificateFrom'] {
  if (text === '') return undefined;
  if (text === 'local') return { kind: 'local', directory: '', folder };
  const directory = text === 'letsencrypt' ? 'https://acme-v02.api.letsencrypt.org/directory' : text;
  const url = URL.canParse(directory) ? new URL(directory) : undefined;
  if (url?.protocol !== 'https:' || url.username || url.password)
    throw invalid('LUBART_TLS_FROM', 'not_an_authority', text);
  return { kind: 'acme', directory: url.href, folder };
}

const keptFiles = (folder: string) => ({
  certFile: join(folder, 'certificate.pem'),
  keyFile: join(folder, 'certificate.key'),
});

function requireDatabaseUrl(text: string): string | undefined {
  if (text === '') return undefined;
  try {
    readDatabaseUrl(text, isLoopbackHost);
    return text;
  } catch (error) {
    // The value is never repeated: it may hold a password.
    if (error instanceof DatabaseUrlFault) throw invalid('DATABASE_URL', error.message);
    throw error;
  }
}

function readSms(text: string): SmsAddress | undefined {
  if (text === '') return undefined;
  try {
    return readSmsAddress(text, isLoopbackHost);
  } catch (error) {
    // The value is never repeated: it holds a password.
    if (error instanceof SmsAddressFault) throw invalid('LUBART_SMS_URL', error.message);
    throw error;
  }
}

function readChoice<const T extends string>(name: string, text: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === text.toLowerCase());
  if (found === undefined) {
    throw new LubartError('config.invalid', {
      field: name,
      details: { reason: 'unknown_choice', value: text.slice(0, 120), choices: choices.join(', ') },
    });
  }
  return found;
}

/** Levenshtein distance, to say which name was probably meant. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
