/**
 * SMPP 3.4, the protocol of operators: one session (bind_transceiver) that is opened when it is first needed, kept alive by
 * enquire_link, and opened anew when it broke. A submit_sm that got no answer may have left and is not repeated (5.1.3, 7.2).
 */
import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Pdu, Session } from 'smpp';
import type { SmsAddress } from '#kernel';
import type { Adapter, Outcome, SmsMessage } from './attempt.ts';
import type { SmppPart } from './smpp-parts.ts';
import { cutText } from './smpp-parts.ts';

type Address = SmsAddress & { kind: 'smpp' };
type Times = { answerMillis: number; aliveMillis: number };
type Command = 'bind_transceiver' | 'submit_sm' | 'enquire_link' | 'unbind';

const status = { ok: 0, queueFull: 0x14, wrongNumber: 0x0b, throttled: 0x58 };
const version34 = 0x34;
/** Type of number, numbering plan (5.2.5, 5.2.6). */
const international = { ton: 1, npi: 1 };
const alphanumeric = { ton: 5, npi: 0 };
const shortNumber = { ton: 0, npi: 1 };

export function openSmpp(address: Address, times: Times): Adapter {
  let bound: Promise<Session> | undefined;
  const session = () => {
    const mine = (bound ??= bind(address, times, () => {
      if (bound === mine) bound = undefined;
    }));
    return mine;
  };
  return {
    provider: 'smpp',
    attempt: async (message) => {
      let open: Session;
      try {
        open = await session();
      } catch (error) {
        bound = undefined;
        const code = error instanceof BindRefused ? `bind_${error.message}` : 'connection';
        return error instanceof BindRefused ? { kind: 'failed', code } : { kind: 'not-sent', code, afterMillis: 500 };
      }
      return submit(open, address, message, times.answerMillis);
    },
    close: async () => {
      const open = await bound?.catch(() => undefined);
      bound = undefined;
      if (open === undefined) return;
      await ask(open, 'unbind', {}, 1_000).catch(() => undefined);
      open.destroy();
    },
  };
}

class BindRefused extends Error {}
class NoAnswer extends Error {}
/** The command could not be written at all. */
class NotWritten extends Error {}

async function bind(address: Address, times: Times, lost: () => void): Promise<Session> {
  const { host, port, tls, caFile, systemId, password } = address;
  const { default: smpp } = await import('smpp');
  const ca = caFile === undefined ? {} : { ca: readFileSync(caFile) };
  const session = smpp.connect({ host, port, tls, ...(tls ? { servername: host, minVersion: 'TLSv1.2', ...ca } : {}) });
  session.on('close', lost);
  session.on('pdu', (pdu) => answerTheirs(session, pdu));
  try {
    await opened(session, tls, times.answerMillis);
    const bind = { system_id: systemId, password: password.expose(), interface_version: version34 };
    const answer = await ask(session, 'bind_transceiver', bind, times.answerMillis);
    if (answer.command_status !== status.ok) throw new BindRefused(hex(answer.command_status));
  } catch (error) {
    session.destroy();
    throw error;
  }
  keepAlive(session, times);
  return session;
}

async function opened(session: Session, tls: boolean, millis: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new NotWritten('timeout')), millis);
    // Stays: without somebody who hears it, an error of the socket would end the process.
    session.on('error', (error) => {
      clearTimeout(timer);
      session.destroy();
      reject(error);
    });
    session.once('close', () => reject(new NotWritten('closed')));
    session.once(tls ? 'secureConnect' : 'connect', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** What the other side asks on its own: signs of life, receipts, the end. */
function answerTheirs(session: Session, pdu: Pdu): void {
  if (pdu.isResponse()) return;
  session.send(pdu.response());
  if (pdu.command === 'unbind') session.close();
}

function keepAlive(session: Session, times: Times): void {
  const timer = setInterval(() => {
    ask(session, 'enquire_link', {}, times.answerMillis).catch(() => session.destroy());
  }, times.aliveMillis);
  timer.unref();
  session.once('close', () => clearInterval(timer));
}

async function ask(session: Session, command: Command, fields: Record<string, unknown>, millis: number): Promise<Pdu> {
  return new Promise((resolve, reject) => {
    const gone = () => end(() => reject(new NoAnswer('closed')));
    const end = (then: () => void) => {
      clearTimeout(timer);
      session.off('close', gone);
      then();
    };
    const timer = setTimeout(() => end(() => reject(new NoAnswer('timeout'))), millis);
    session.once('close', gone);
    if (!session[command](fields, (answer) => end(() => resolve(answer)))) end(() => reject(new NotWritten()));
  });
}

async function submit(session: Session, address: Address, { to, text }: SmsMessage, millis: number): Promise<Outcome> {
  const parts = cutText(text, randomInt(256));
  for (const [at, part] of parts.entries()) {
    const outcome = await submitPart(session, address, to, part, millis);
    if (outcome.kind === 'sent') continue;
    // A part of it left: trying the whole again would send that part twice.
    return at > 0 ? { kind: 'unknown', code: outcome.code } : outcome;
  }
  return { kind: 'sent' };
}

async function submitPart(
  session: Session,
  address: Address,
  to: string,
  part: SmppPart,
  millis: number,
): Promise<Outcome> {
  const from = senderOf(address.from);
  const fields = {
    source_addr: from.number,
    source_addr_ton: from.ton,
    source_addr_npi: from.npi,
    destination_addr: to.slice(1),
    dest_addr_ton: international.ton,
    dest_addr_npi: international.npi,
    data_coding: part.dataCoding,
    short_message: { message: part.message, ...(part.udh === undefined ? {} : { udh: part.udh }) },
  };
  try {
    const { command_status: answered } = await ask(session, 'submit_sm', fields, millis);
    if (answered === status.ok) return { kind: 'sent' };
    if (answered === status.wrongNumber) return { kind: 'number-refused', code: hex(answered) };
    const full = answered === status.throttled || answered === status.queueFull;
    return full
      ? { kind: 'not-sent', code: hex(answered), afterMillis: 1_000 }
      : { kind: 'failed', code: hex(answered) };
  } catch (error) {
    session.destroy();
    if (error instanceof NotWritten) return { kind: 'not-sent', code: 'connection', afterMillis: 0 };
    return { kind: 'unknown', code: error instanceof NoAnswer ? error.message : 'connection' };
  }
}

function senderOf(from: string): { number: string; ton: number; npi: number } {
  if (/^\+\d{8,15}$/.test(from)) return { number: from.slice(1), ...international };
  return { number: from, ...(/^\d{3,8}$/.test(from) ? shortNumber : alphanumeric) };
}

const hex = (code: number) => `0x${code.toString(16).padStart(2, '0')}`;
