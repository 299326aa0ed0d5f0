/** The last step of a letter: one SMTP conversation (RFC 5321), over TLS (RFC 3207, RFC 8314) unless it stays on this machine. */
import type { Transporter } from 'nodemailer';
import type { MailSettings } from '#kernel';
import { toHtml } from './letter-text.ts';
import type { LetterSecret } from './letter-store.ts';

/** Milliseconds: for a connection and its greeting, for silence, for one whole conversation. */
const connectMillisMax = 10_000;
const silenceMillisMax = 20_000;
export const conversationMillisMax = 60_000;

export type Post = (letter: LetterSecret & { id: string }, origin: string) => Promise<void>;

/** Rejects with the library’s error; `faultOf` says what may be kept of it. */
export function openSmtp(settings: MailSettings): Post {
  const { from } = settings;
  let transport: Promise<Transporter> | undefined;
  return async ({ id, to, subject, text }, origin) => {
    transport ??= openTransport(settings);
    const sending = (await transport).sendMail({
      from,
      to: { name: '', address: to },
      subject,
      text,
      html: toHtml(text, origin),
      // The same at every try: who gets it twice after a crash sees it once.
      messageId: `<${id}@${from.address.split('@').at(-1)}>`,
      headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    });
    await within(conversationMillisMax, sending);
  };
}

/** The library is read when the first letter leaves; until then it takes no memory. */
async function openTransport(settings: MailSettings): Promise<Transporter> {
  const { host, port, secure, requireTls, user, password } = settings;
  const { createTransport } = await import('nodemailer');
  return createTransport({
    host,
    port,
    secure,
    requireTLS: requireTls,
    // On this machine nobody listens in, and a local relay has a certificate that nobody vouches for.
    ignoreTLS: !secure && !requireTls,
    tls: { minVersion: 'TLSv1.2', rejectUnauthorized: true },
    ...(user === undefined ? {} : { auth: { user, pass: password!.expose() } }),
    connectionTimeout: connectMillisMax,
    greetingTimeout: connectMillisMax,
    socketTimeout: silenceMillisMax,
    // Attack: a letter whose parts name files of this machine or addresses of the inner network.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

/** A mail server that answers a byte at a time must not hold the queue. */
async function within(millis: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' })), millis);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    work.catch(() => {});
  }
}

export type Fault = {
  /** Code and number of the answer; never its words, which quote addresses. */
  text: string;
  /** This address will never take it. */
  final: boolean;
  /** The server cannot be talked to: the next letter need not try now. */
  server: boolean;
};

export function faultOf(error: unknown): Fault {
  const { code, responseCode } = error as { code?: unknown; responseCode?: unknown };
  const name = typeof code === 'string' && /^\w{1,30}$/.test(code) ? code : 'EUNKNOWN';
  const answer = typeof responseCode === 'number' ? responseCode : undefined;
  const envelope = name === 'EENVELOPE';
  return {
    text: answer === undefined ? name : `${name} ${answer}`,
    // 550, 551, 553: no such mailbox (RFC 5321 §4.2.3). Other refusals may be about us and pass.
    final: envelope && answer !== undefined && [550, 551, 553].includes(answer),
    server: !envelope && name !== 'EMESSAGE',
  };
}
