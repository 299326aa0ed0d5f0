/**
 * LUBART_SMS_URL, read: the scheme says which provider, the rest what it asks for. A message is a key to somebody’s account on its
 * way: it leaves only over TLS, except to this very machine (tests) or where the operator wrote that a tunnel lies around it.
 */
import { accessSync, constants } from 'node:fs';
import { isAbsolute } from 'node:path';
import { Secret } from './secret.ts';

export type SmsAddress =
  | { kind: 'turbosms'; base: string; token: Secret<string>; sender: string }
  | { kind: 'twilio'; base: string; accountSid: string; authToken: Secret<string>; from: string }
  | {
      kind: 'smpp';
      host: string;
      port: number;
      tls: boolean;
      /** Certificates to believe besides the known ones: a file in PEM. */
      caFile: string | undefined;
      systemId: string;
      password: Secret<string>;
      from: string;
    };

/** Why an address is refused; the address itself is never repeated, it holds a password. */
export class SmsAddressFault extends Error {}

const homes = { turbosms: 'api.turbosms.ua', twilio: 'api.twilio.com' };
const knownHost = { turbosms: /^api\.turbosms\.ua$/, twilio: /^api(\.[a-z0-9]+)*\.twilio\.com$/ };
/** SMPP 3.4, 5.2.1 and 5.2.2: COctet strings of at most 16 and 9 octets with their end. */
const systemIdMax = 15;
const passwordMax = 8;

/** @throws SmsAddressFault */
export function readSmsAddress(text: string, isLoopback: (host: string) => boolean): SmsAddress {
  const scheme = /^([a-z]+):\/\//.exec(text)?.[1] ?? '';
  if (scheme === 'turbosms' || scheme === 'twilio') return readHttp(scheme, text, isLoopback);
  if (scheme === 'smpp' || scheme === 'smpps') return readSmpp(scheme === 'smpps', text, isLoopback);
  throw new SmsAddressFault('unknown_provider');
}

function readHttp(kind: 'turbosms' | 'twilio', text: string, isLoopback: (host: string) => boolean): SmsAddress {
  const url = parse(text.replace(/@(?=\?|$)/, `@${homes[kind]}`));
  const loopback = isLoopback(url.hostname);
  // Attack: a changed address would send every code, and the provider’s token, to somebody else.
  if (!loopback && !(knownHost[kind].test(url.hostname) && url.port === '')) throw new SmsAddressFault('foreign_host');
  const base = `${loopback ? 'http' : 'https'}://${url.host}`;
  if (kind === 'turbosms') {
    return {
      kind,
      base,
      token: new Secret(need(plain(url.username), 'token_missing')),
      sender: need(query(url, 'sender'), 'sender_missing'),
    };
  }
  const accountSid = need(plain(url.username), 'account_missing');
  if (!/^AC[0-9a-f]{32}$/.test(accountSid)) throw new SmsAddressFault('account_wrong');
  const authToken = new Secret(need(plain(url.password), 'token_missing'));
  return { kind, base, accountSid, authToken, from: need(query(url, 'from'), 'sender_missing') };
}

function readSmpp(tls: boolean, text: string, isLoopback: (host: string) => boolean): SmsAddress {
  const url = parse(text);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (host === '') throw new SmsAddressFault('host_missing');
  // Attack: codes and the password of the account read on the way.
  if (!tls && !isLoopback(host) && query(url, 'plain') !== 'allowed') throw new SmsAddressFault('not_encrypted');
  const systemId = need(plain(url.username), 'account_missing');
  const password = plain(url.password);
  if (systemId.length > systemIdMax || password.length > passwordMax) throw new SmsAddressFault('too_long');
  const from = need(query(url, 'from'), 'sender_missing');
  const port = url.port === '' ? (tls ? 3550 : 2775) : Number(url.port);
  return {
    kind: 'smpp',
    host,
    port,
    tls,
    caFile: readCaFile(query(url, 'ca')),
    systemId,
    password: new Secret(password),
    from,
  };
}

function readCaFile(path: string): string | undefined {
  if (path === '') return undefined;
  if (!isAbsolute(path)) throw new SmsAddressFault('not_a_path');
  try {
    accessSync(path, constants.R_OK);
  } catch {
    throw new SmsAddressFault('file_unreadable');
  }
  return path;
}

function parse(text: string): URL {
  if (!URL.canParse(text)) throw new SmsAddressFault('not_an_address');
  const url = new URL(text);
  if ((url.pathname !== '' && url.pathname !== '/') || url.hash !== '') throw new SmsAddressFault('has_a_path');
  return url;
}

const query = (url: URL, name: string) => url.searchParams.get(name)?.trim() ?? '';

function need(text: string, fault: string): string {
  if (text === '') throw new SmsAddressFault(fault);
  return text;
}

/** The two parts before the @, as they were meant. */
function plain(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new SmsAddressFault('not_an_address');
  }
}
