/** Providers to test against: they speak the real protocols on this machine, take messages, refuse, answer late or not at all. */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import type { Pdu, Session } from 'smpp';
import smpp from 'smpp';

export type Received = { to: string; from: string; text: string };
export type Behaviour = 'takes' | 'silent' | 'cuts' | 'busy once' | 'busy' | 'broken' | { refuses: string };

export type Provider = {
  port: number;
  received: Received[];
  asked: number;
  behaviour: Behaviour;
  close(): Promise<void>;
};

export const turboToken = 'turbo-token-77';
export const twilioSid = `AC${'0f'.repeat(16)}`;
export const twilioToken = 'twilio-token-77';

/** POST /message/send.json as turbosms.ua answers it: always 200, with a code for the whole and one for each recipient. */
export function startTurboSms(): Promise<Provider> {
  return startHttp((request, body, provider, answer) => {
    if (request.method !== 'POST' || request.url !== '/message/send.json') return answer(404, {});
    if (request.headers.authorization !== `Bearer ${turboToken}`) {
      return answer(200, { response_code: 103, response_status: 'REQUIRED_TOKEN', response_result: null });
    }
    const asked = JSON.parse(body) as { recipients: string[]; sms: { sender: string; text: string } };
    const phone = asked.recipients[0]!;
    const { behaviour } = provider;
    if (typeof behaviour === 'object') {
      const one = { phone, response_code: 406, message_id: null, response_status: behaviour.refuses };
      const whole = { response_code: 802, response_status: 'SUCCESS_MESSAGE_PARTIAL_ACCEPTED' };
      return answer(200, { ...whole, response_result: [one] });
    }
    provider.received.push({ to: phone, from: asked.sms.sender, text: asked.sms.text });
    const one = { phone, response_code: 0, message_id: 'f83f8868-5e46-c6cf-e4fb-615e5a293754', response_status: 'OK' };
    answer(200, { response_code: 801, response_status: 'SUCCESS_MESSAGE_SENT', response_result: [one] });
  });
}

/** POST /2010-04-01/Accounts/{Sid}/Messages.json as Twilio answers it. */
export function startTwilio(): Promise<Provider> {
  return startHttp((request, body, provider, answer) => {
    const basic = Buffer.from(`${twilioSid}:${twilioToken}`).toString('base64');
    if (request.headers.authorization !== `Basic ${basic}`) {
      return answer(401, { code: 20003, message: 'Authenticate', more_info: 'https://…/20003', status: 401 });
    }
    if (request.url !== `/2010-04-01/Accounts/${twilioSid}/Messages.json`)
      return answer(404, { code: 20404, status: 404 });
    const form = new URLSearchParams(body);
    const to = form.get('To')!;
    const { behaviour } = provider;
    if (typeof behaviour === 'object') {
      return answer(400, { code: Number(behaviour.refuses), message: `Refused for ${to}`, status: 400 });
    }
    provider.received.push({ to, from: form.get('From') ?? form.get('MessagingServiceSid')!, text: form.get('Body')! });
    answer(201, { sid: `SM${'1a'.repeat(16)}`, status: 'queued', error_code: null, num_segments: '1' });
  });
}

type Answer = (status: number, body: object, headers?: Record<string, string>) => void;

async function startHttp(
  serve: (request: IncomingMessage, body: string, provider: Provider, answer: Answer) => void,
): Promise<Provider> {
  const server = createServer((request, response) => void take(request, response));
  const take = async (request: IncomingMessage, response: ServerResponse) => {
    let body = '';
    for await (const piece of request) body += String(piece);
    provider.asked += 1;
    const answer: Answer = (status, said, headers = {}) => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(JSON.stringify(said));
    };
    const { behaviour } = provider;
    if (behaviour === 'silent') return;
    if (behaviour === 'cuts') return void request.socket.destroy();
    if (behaviour === 'busy') return answer(429, { code: 20429 }, { 'retry-after': '60' });
    if (behaviour === 'broken') return void response.writeHead(502).end('<html>Bad gateway</html>');
    if (behaviour === 'busy once') {
      provider.behaviour = 'takes';
      return answer(429, { code: 20429 }, { 'retry-after': '0' });
    }
    serve(request, body, provider, answer);
  };
  const provider: Provider = {
    port: await listen(server),
    received: [],
    asked: 0,
    behaviour: 'takes',
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return provider;
}

export type Smsc = Provider & {
  parts: Pdu[];
  binds: number;
  /** Signs of life that came from the other side. */
  lives: number;
  sessions: Session[];
};

/** A message centre of SMPP 3.4 for the account lubart:secret. Long texts are put together as a phone does it. */
export async function startSmsc(tls: { key: string; cert: string } | null = null, port = 0): Promise<Smsc> {
  const pieces = new Map<string, { from: string; texts: string[] }>();
  const server = smpp.createServer({ ...tls }, (session) => {
    smsc.sessions.push(session);
    session.on('error', () => {});
    session.on('bind_transceiver', (pdu: Pdu) => {
      smsc.binds += 1;
      const known = pdu.system_id === 'lubart' && pdu.password === 'secret';
      session.send(pdu.response({ command_status: known ? 0 : 0x0e }));
    });
    session.on('enquire_link', (pdu: Pdu) => {
      smsc.lives += 1;
      session.send(pdu.response());
    });
    session.on('unbind', (pdu: Pdu) => {
      session.send(pdu.response());
      session.close();
    });
    session.on('submit_sm', (pdu: Pdu) => {
      smsc.asked += 1;
      const { behaviour } = smsc;
      if (behaviour === 'silent') return;
      if (behaviour === 'cuts') return session.destroy();
      if (behaviour === 'busy once') smsc.behaviour = 'takes';
      if (behaviour === 'busy' || behaviour === 'busy once')
        return void session.send(pdu.response({ command_status: 0x58 }));
      if (behaviour === 'broken') return void session.send(pdu.response({ command_status: 0x08 }));
      if (typeof behaviour === 'object') {
        return void session.send(pdu.response({ command_status: Number(behaviour.refuses) }));
      }
      smsc.parts.push(pdu);
      session.send(pdu.response({ message_id: String(smsc.asked) }));
      putTogether(pdu);
    });
  });
  const putTogether = (pdu: Pdu) => {
    const to = pdu.destination_addr!;
    const from = pdu.source_addr!;
    const text = String(pdu.short_message!.message);
    const udh = pdu.short_message!.udh?.[0];
    if (udh === undefined) return void smsc.received.push({ to, from, text });
    const [, , reference, count, at] = udh;
    const key = `${to}/${reference}`;
    const known = pieces.get(key) ?? { from, texts: [] };
    known.texts[at! - 1] = text;
    pieces.set(key, known);
    if (Object.keys(known.texts).length === count) smsc.received.push({ to, from, text: known.texts.join('') });
  };
  const smsc: Smsc = {
    port: await listen(server, port),
    received: [],
    parts: [],
    asked: 0,
    binds: 0,
    lives: 0,
    sessions: [],
    behaviour: 'takes',
    close: async () => {
      for (const session of smsc.sessions) session.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return smsc;
}

async function listen(server: Server, port = 0): Promise<number> {
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', () => resolve()));
  return (server.address() as AddressInfo).port;
}
