/**
 * Lines to a syslog server: RFC 5424 messages over TLS, each preceded by its length (RFC 5425 §4.3). Syslog confirms nothing, so each
 * part has a connection of its own, and counts as delivered when the server has read to our end and closed in order after it
 * (§4.4: whoever receives close_notify answers with it). A connection that breaks means: the part is sent again.
 */
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { connect } from 'node:tls';
import type { ForwardClient, ForwardProblem } from '#contract';
import { requireDialled } from '#outside';
import { dialWithoutEnd } from './dial-without-end.ts';
import { trouble } from './trouble.ts';
import type { Line } from './write-lines.ts';

export type SyslogTarget = {
  address: string;
  authority: string | null;
  /** Who we are where the server asks (RFC 5425 §4.2.2). */
  client?: ForwardClient | null;
  waitMillis?: number;
};

const waitMillisMax = 20_000;
/**
 * A server that does not want us may say so only after the handshake, and rsyslog then closes in order without having read a word. So we
 * do not end at once: an end that comes before ours is a refusal.
 */
const refusalMillisMin = 200;
/** Log audit (RFC 5424 §6.2.1). */
const facility = 13;
/** OCSF’s severities as those of syslog: informational, notice, warning, error, critical. */
const severities: Readonly<Record<number, number>> = { 1: 6, 2: 5, 3: 4, 4: 3, 5: 2 };
/** The number that RFC 5612 gives for examples: we have none of our own. */
const structuredId = 'lubart@32473';
const ownName =
  hostname()
    .replaceAll(/[^!-~]/g, '')
    .slice(0, 255) || '-';

/** One message. JSON is written in ASCII, so that no collector stumbles over a byte order mark. */
export function writeSyslog({ event, text }: Line): string {
  const { log } = event.unmapped as { log: { index: number; leaf: string; previous: string } };
  const code = String((event.metadata as { event_code?: string }).event_code)
    .replaceAll(/[^!-~]/g, '')
    .slice(0, 32);
  const priority = facility * 8 + (severities[event.severity_id] ?? 6);
  const place = `[${structuredId} index="${log.index}" leaf="${log.leaf}" previous="${log.previous}"]`;
  const message = text.startsWith('{') ? asAscii(text) : text;
  return `<${priority}>1 ${new Date(event.time).toISOString()} ${ownName} lubart - ${code} ${place} ${message}`;
}

const asAscii = (json: string) =>
  json.replaceAll(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

export function frameSyslog(lines: readonly Line[]): Buffer {
  return Buffer.concat(
    lines.map((line) => {
      const message = Buffer.from(writeSyslog(line), 'utf8');
      return Buffer.concat([Buffer.from(`${message.length} `), message]);
    }),
  );
}

/** null: delivered. */
export function sendSyslog(target: SyslogTarget, lines: readonly Line[]): Promise<ForwardProblem | null> {
  const cut = target.address.lastIndexOf(':');
  const [name, port] = [target.address.slice(0, cut), Number(target.address.slice(cut + 1))];
  return new Promise((resolve) => {
    let problem: ForwardProblem | null = null;
    const seen = { secured: false, sent: false, answered: false, refused: false };
    const begun = performance.now();
    let ending: NodeJS.Timeout | undefined;
    try {
      const host = requireDialled(name);
      const socket = connect(
        {
          host,
          ...(isIP(host) === 0 ? { servername: host } : {}),
          socket: dialWithoutEnd(host, port),
          minVersion: 'TLSv1.2',
          // Attack: whoever stands in between, or at a name that was taken over, gets the log. Authority and name are both checked.
          rejectUnauthorized: true,
          ...(target.authority === null ? {} : { ca: target.authority }),
          ...(target.client ? { cert: target.client.certificate, key: target.client.key } : {}),
        },
        () => {
          seen.secured = true;
          const pause = Math.max(refusalMillisMin, 3 * (performance.now() - begun));
          socket.write(frameSyslog(lines), () => (ending = setTimeout(end, pause)));
        },
      );
      const end = () => {
        seen.sent = true;
        socket.end();
      };
      // From beginning to end: a server that answers drop by drop holds nobody up.
      const timer = setTimeout(() => socket.destroy(), target.waitMillis ?? waitMillisMax);
      socket
        // Attack: what was sent is swallowed on the way and the connection closed. Only the server’s own end under TLS counts.
        .on('end', () => (seen[seen.sent ? 'answered' : 'refused'] = true))
        .on('error', (error) => (problem = trouble(error)))
        .on('close', () => {
          clearTimeout(timer);
          clearTimeout(ending);
          if (seen.refused) return resolve('refused');
          const silent = seen.secured ? 'not_confirmed' : 'unreachable';
          resolve(seen.answered ? null : (problem ?? silent));
        })
        .resume();
    } catch (error) {
      resolve(trouble(error));
    }
  });
}
