/** `lubart config`: every setting, its value and what it means. What may hold a password is never shown. */
import { settings } from '#kernel';
import type { Config, Setting } from '#kernel';
import type { Action, Context } from '../command.ts';
import { tableLines } from '../print-table.ts';

/** The value in use, as it would be written. */
const values: Readonly<Record<string, (config: Config) => string>> = {
  LUBART_DATA: (config) => config.dataFolder,
  LUBART_KEYS: (config) => config.keyFile,
  LUBART_KEYS_FD: (config) => String(config.keySources.descriptor ?? ''),
  LUBART_VAULT_TOKEN: (config) => String(config.keySources.vaultToken ?? ''),
  LUBART_VAULT_ROLE: (config) => String(config.keySources.vaultRole ?? ''),
  LUBART_AWS_KEY: (config) => String(config.keySources.awsKey ?? ''),
  LUBART_PKCS11_MODULE: (config) => config.keySources.pkcs11Module ?? '',
  LUBART_PORT: (config) => String(config.port),
  LUBART_HOST: (config) => config.host,
  LUBART_ORIGIN: (config) => config.origin ?? '',
  LUBART_PROXIES: (config) => config.proxies.join(','),
  LUBART_TLS_CERT: (config) => config.tls?.certFile ?? '',
  LUBART_TLS_KEY: (config) => config.tls?.keyFile ?? '',
  LUBART_TLS_FROM: ({ certificateFrom }) =>
    certificateFrom?.kind === 'local' ? 'local' : (certificateFrom?.directory ?? ''),
  LUBART_REDIRECT_PORT: (config) => String(config.redirectPort ?? ''),
  DATABASE_URL: (config) => String(config.databaseUrl ?? ''),
  LUBART_SMTP_URL: (config) => config.mail?.host ?? '',
  LUBART_MAIL_FROM: (config) => config.mail?.from.address ?? '',
  LUBART_SMS_URL: (config) => config.sms?.kind ?? '',
  LUBART_LANGUAGE: (config) => config.language,
  LUBART_LOG_LEVEL: (config) => config.logLevel,
};

async function config(context: Context) {
  const config = context.config();
  const flagOf = ({ name }: Setting) => context.text(name.replace('LUBART_', '').toLowerCase()) !== undefined;
  const rows = settings.map((setting) => {
    const value = values[setting.name]?.(config) ?? '';
    const isSet = flagOf(setting) || (context.env[setting.name] ?? '').trim() !== '';
    // Attack: the password of the database read over a shoulder, or from the log of a build.
    const shown = setting.secret && value !== '' ? null : value;
    return {
      name: setting.name,
      value: shown,
      set: isSet,
      default: setting.default,
      secret: setting.secret ?? false,
      meaning: setting.meaning,
    };
  });
  const hidden = context.say({ uk: '(приховано)', en: '(hidden)' });
  const headings =
    context.language === 'uk' ? ['Назва', 'Значення', 'Задано', 'Що це'] : ['Name', 'Value', 'Set', 'Meaning'];
  const lines = tableLines(
    headings,
    rows.map((row) => [row.name, row.value ?? hidden, row.set ? '✔' : '', row.meaning]),
  );
  return { data: { settings: rows }, lines };
}

export const configActions: readonly Action[] = [
  {
    words: ['config'],
    operands: [],
    options: {},
    summary: { uk: 'Усі налаштування та їхні значення', en: 'All settings and their values' },
    run: config,
  },
];
