/** `lubart tls`: the certificate that people meet, and the authority of an office without the internet. */
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { LubartError } from '#kernel';
import { authorityFile, readCertificate } from '#protections/encryption/transit';
import type { Action, Context } from '../command.ts';

async function status(context: Context) {
  const { tls, origin, certificateFrom } = context.config();
  if (tls === undefined) {
    const said = context.say({
      uk: 'TLS не налаштовано: Lubart слухає лише цю машину або стоїть за проксі.',
      en: 'TLS is not set up: Lubart listens to this machine only, or stands behind a proxy.',
    });
    return { data: { tls: false }, lines: [said] };
  }
  const hostName = origin === undefined ? null : new URL(origin).hostname;
  const { facts } = await readCertificate(tls, hostName, new Date());
  const daysLeft = Math.floor((facts.notAfter.getTime() - Date.now()) / 86_400_000);
  const from = certificateFrom?.kind ?? 'files';
  const words = {
    uk: ['Для кого', 'Хто видав', 'Лишилося днів', 'Відбиток SHA-256', 'Ланцюг повний'],
    en: ['For', 'Issued by', 'Days left', 'SHA-256 fingerprint', 'Chain is whole'],
  }[context.language];
  const values = [facts.names.join(', '), facts.issuer, daysLeft, facts.fingerprint, facts.chainComplete ? '✔' : '✖'];
  return { data: { tls: true, from, daysLeft, ...facts }, lines: words.map((word, at) => `${word}: ${values[at]}`) };
}

async function localAuthority(context: Context) {
  const { certificateFrom, origin } = context.config();
  if (certificateFrom?.kind !== 'local' || origin === undefined) {
    throw new LubartError('config.invalid', { field: 'LUBART_TLS_FROM', details: { reason: 'not_local' } });
  }
  const file = authorityFile(certificateFrom.folder, new URL(origin).hostname);
  const pem = await readFile(file, 'utf8').catch(() => {
    throw new LubartError('start.certificate_unreadable', { details: { file, reason: 'not_started_yet' } });
  });
  const fingerprint = new X509Certificate(pem).fingerprint256;
  const steps = context.say({
    uk: [
      'Перенесіть цей файл на пристрій і порівняйте відбиток, перш ніж довіряти.',
      'Windows: двічі клацніть файл → Установити сертифікат → Локальний комп’ютер → Довірені кореневі центри сертифікації.',
      'Android: Налаштування → Безпека → Шифрування та облікові дані → Установити сертифікат → Сертифікат ЦС.',
      'iPhone, iPad: відкрийте файл → Параметри → Профіль завантажено → Інсталювати; тоді Загальні → Про пристрій → Довіра сертифікатам.',
      'Він ручається лише за цю назву: за жоден інший сайт.',
    ].join('\n'),
    en: [
      'Carry this file to the device, and compare the fingerprint before it is trusted.',
      'Windows: double-click the file → Install Certificate → Local Machine → Trusted Root Certification Authorities.',
      'Android: Settings → Security → Encryption & credentials → Install a certificate → CA certificate.',
      'iPhone, iPad: open the file → Settings → Profile Downloaded → Install; then General → About → Certificate Trust Settings.',
      'It vouches for this name only: for no other site.',
    ].join('\n'),
  });
  return { data: { file, fingerprint, pem }, lines: [file, `SHA-256: ${fingerprint}`, ...steps.split('\n')] };
}

export const tlsActions: readonly Action[] = [
  {
    words: ['tls', 'status'],
    operands: [],
    options: {},
    summary: {
      uk: 'Сертифікат з’єднання: для кого, хто видав, скільки діє',
      en: 'The certificate: for whom, by whom, how long',
    },
    run: status,
  },
  {
    words: ['tls', 'authority'],
    operands: [],
    options: {},
    summary: {
      uk: 'Файл власного центру сертифікації офісу і як поставити його на пристрої',
      en: 'The file of the office’s own authority, and how to put it on devices',
    },
    run: localAuthority,
  },
];
