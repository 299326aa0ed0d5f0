/**
 * The mail server and the sender, read from two settings that only make sense together. The URL may hold a password: its value is
 * never repeated in a refusal.
 */
import { isIP } from 'node:net';
import { LubartError } from './errors.ts';
import type { Secret } from './secret.ts';
import { secretOf } from './secret.ts';

export type MailSettings = {
  host: string;
  port: number;
  /** TLS from the first byte (smtps, RFC 8314). */
  secure: boolean;
  /** STARTTLS must succeed before anything is said (RFC 3207); not on this very machine. */
  requireTls: boolean;
  user: string | undefined;
  password: Secret<string> | undefined;
  from: { name: string; address: string };
};

const refuse = (field: string, reason: string): never => {
  throw new LubartError('config.invalid', { field, details: { reason } });
};

/** @throws config.invalid; undefined when neither is set */
export function readMail(url: string, from: string, isLoopback: (host: string) => boolean): MailSettings | undefined {
  if (url === '' && from === '') return undefined;
  if (url === '') return refuse('LUBART_SMTP_URL', 'missing_beside_sender');
  const server = readServer(url, isLoopback);
  if (from === '') return refuse('LUBART_MAIL_FROM', 'missing_beside_mail_server');
  return { ...server, from: readSender(from) };
}

function readServer(text: string, isLoopback: (host: string) => boolean): Omit<MailSettings, 'from'> {
  const url = URL.canParse(text) ? new URL(text) : refuse('LUBART_SMTP_URL', 'not_a_mail_server_url');
  if (!/^smtps?:$/.test(url.protocol) || url.hostname === '') refuse('LUBART_SMTP_URL', 'not_a_mail_server_url');
  // Attack: `?tls.rejectUnauthorized=false` and its like in an address that was copied from somewhere.
  if (!/^\/?$/.test(url.pathname) || url.search || url.hash) refuse('LUBART_SMTP_URL', 'has_a_path');
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const secure = url.protocol === 'smtps:';
  const requireTls = !secure && !isLoopback(host);
  const user = url.username === '' ? undefined : decode(url.username);
  const password = url.password === '' ? undefined : decode(url.password);
  if ((user === undefined) !== (password === undefined)) refuse('LUBART_SMTP_URL', 'half_a_login');
  return {
    host,
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
    secure,
    requireTls,
    user,
    password: secretOf(password),
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return refuse('LUBART_SMTP_URL', 'not_a_mail_server_url');
  }
}

/** `crm@firm.example` or `Firm <crm@firm.example>`. */
function readSender(text: string): MailSettings['from'] {
  const [, name = '', bracketed, bare] = /^(?:([^<>@]*)<([^<>\s]+)>|([^<>\s]+))$/.exec(text) ?? [];
  const address = bracketed ?? bare ?? '';
  const at = address.lastIndexOf('@');
  const form = /^[^@\s,;:"()<>\p{Cc}]+@[\p{L}\p{N}](?:[\p{L}\p{N}.-]*[\p{L}\p{N}])?$/u;
  // Attack: a line break in the sender starts a header of its own.
  if (/\p{Cc}/u.test(text) || !form.test(address)) refuse('LUBART_MAIL_FROM', 'not_a_sender');
  const domain = address.slice(at + 1);
  if (!domain.includes('.') && domain !== 'localhost' && isIP(domain) === 0) refuse('LUBART_MAIL_FROM', 'not_a_sender');
  return { name: name.replaceAll('"', '').trim(), address };
}
