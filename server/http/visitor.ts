/** What the connection itself says of who is there: address, browser, language. For the audit log and for words. */
import type { FastifyRequest } from 'fastify';
import type { Language } from '#contract';

export type Visitor = {
  readonly address: string;
  readonly device: string;
  readonly requestId: string;
  readonly language: Language;
  /** The secret of this browser’s cookie; null or absent when it keeps none. Never written down: only its hash is. */
  readonly browser?: string | null;
};

/** `address` is the right-most hop that is not a declared proxy; IPv4 written as IPv6 is normalised. */
export function visitorOf(request: FastifyRequest, defaultLanguage: Language): Visitor {
  const userAgent = request.headers['user-agent'] ?? '';
  return {
    address: plainAddress(request.ip),
    device: deviceName(userAgent),
    requestId: request.id,
    language: preferredLanguage(request.headers['accept-language'], defaultLanguage),
  };
}

export function plainAddress(address: string): string {
  return address.toLowerCase().replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/, '');
}

const browsers: readonly (readonly [RegExp, string])[] = [
  [/\blubart-cli\b/, 'Lubart CLI'],
  [/\bEdg(?:e|A|iOS)?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bFirefox\/|\bFxiOS\//, 'Firefox'],
  [/\bHeadlessChrome\/|\bChrome\/|\bCriOS\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
  [/\bcurl\//, 'curl'],
];
const systems: readonly (readonly [RegExp, string])[] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bLinux\b/, 'Linux'],
];

/** “Chrome, Windows”: only words of our own lists, so a hostile header cannot write into the log. */
export function deviceName(userAgent: string): string {
  const first = (list: typeof browsers) => list.find(([form]) => form.test(userAgent))?.[1];
  return [first(browsers), first(systems)].filter((part) => part !== undefined).join(', ') || '—';
}

function preferredLanguage(header: string | undefined, fallback: Language): Language {
  const first = /^\s*(uk|en)\b/i.exec(header ?? '')?.[1]?.toLowerCase();
  return first === 'uk' || first === 'en' ? first : fallback;
}
