/** A real mail server for tests: takes letters over SMTP, opens their MIME, and can be down, slow, or rude. */
import { after } from 'node:test';
import { SMTPServer } from 'smtp-server';
import type { SMTPServerOptions } from 'smtp-server';
import type { MailSettings } from '#kernel';

export type Received = { from: string; to: string[]; subject: string; text: string; html: string; raw: string };

export type PostOffice = {
  port: number;
  settings: MailSettings;
  /** As LUBART_SMTP_URL. */
  url: string;
  letters: Received[];
  /** The letters to this address, oldest first. */
  to(address: string): Received[];
  close(): Promise<void>;
};

const open = new Set<PostOffice>();
after(async () => {
  for (const office of open) await office.close();
});

/** `port`: to come back where it was before. */
export async function openPostOffice(options: SMTPServerOptions & { port?: number } = {}): Promise<PostOffice> {
  const { port: wanted = 0, ...given } = options;
  const letters: Received[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        const to = rcptTo.map(({ address }) => address);
        letters.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to,
          ...readMessage(Buffer.concat(chunks).toString()),
        });
        done();
      });
    },
    ...given,
  });
  server.on('error', () => {}); // a client that went away in the middle
  await new Promise<void>((resolve) => server.listen(wanted, '127.0.0.1', resolve));
  const { port } = server.server.address() as { port: number };
  const office: PostOffice = {
    port,
    settings: {
      host: '127.0.0.1',
      port,
      secure: false,
      requireTls: false,
      user: undefined,
      password: undefined,
      from: { name: 'Вежа', address: 'crm@vezha.example' },
    },
    url: `smtp://127.0.0.1:${port}`,
    letters,
    to: (address) => letters.filter((letter) => letter.to.includes(address)),
    close: () => {
      open.delete(office);
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  open.add(office);
  return office;
}

/** The address in a letter, and what its fragment carries. */
export function linkIn(letter: Received | undefined, page: string): { link: string; token: string } {
  const link = new RegExp(`https?://[^\\s/]+/${page}#token=\\S+`).exec(letter?.text ?? '')?.[0];
  if (link === undefined) throw new Error(`no link to /${page} in: ${letter?.text ?? 'no letter'}`);
  return { link, token: link.split('#token=')[1]! };
}

function readMessage(raw: string): Omit<Received, 'from' | 'to'> {
  const { headers, body } = readPart(raw);
  const boundary = /boundary="([^"]+)"/.exec(headers)?.[1];
  const parts =
    boundary === undefined
      ? []
      : body
          .split(`--${boundary}`)
          .slice(1, -1)
          .map((part) => readPart(part.trimStart()));
  const textOf = (type: string) => {
    const part = parts.find(({ headers: own }) => own.includes(type));
    return part === undefined ? '' : decodeBody(part).trim();
  };
  return {
    subject: decodeWords(/^subject: (.*)$/im.exec(headers)?.[1] ?? ''),
    text: textOf('text/plain'),
    html: textOf('text/html'),
    raw,
  };
}

function readPart(text: string): { headers: string; body: string } {
  const end = text.search(/\r?\n\r?\n/);
  const headers = text.slice(0, end).replace(/\r?\n[ \t]+/g, ' ');
  return { headers, body: text.slice(end).replace(/^\r?\n\r?\n/, '') };
}

function decodeBody({ headers, body }: { headers: string; body: string }): string {
  if (/transfer-encoding: base64/i.test(headers)) return Buffer.from(body, 'base64').toString();
  if (/transfer-encoding: quoted-printable/i.test(headers)) return fromQuoted(body.replace(/=\r?\n/g, ''));
  return body;
}

const fromQuoted = (text: string) =>
  Buffer.from(
    text.replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString();

/** RFC 2047: `=?UTF-8?B?…?=`. */
const decodeWords = (text: string) =>
  text
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?UTF-8\?([BQ])\?([^?]*)\?=/gi, (_, kind: string, word: string) =>
      kind.toUpperCase() === 'B' ? Buffer.from(word, 'base64').toString() : fromQuoted(word.replaceAll('_', ' ')),
    );
