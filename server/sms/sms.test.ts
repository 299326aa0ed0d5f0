import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SmsAddress } from '#kernel';
import { hasCode, Secret } from '#kernel';
import type { Sms, SmsTimes } from './open-sms.ts';
import { openSms } from './open-sms.ts';
import type { Provider, Smsc } from './providers.fixture.ts';
import { startSmsc, startTurboSms, startTwilio, turboToken, twilioSid, twilioToken } from './providers.fixture.ts';
import { cutText } from './smpp-parts.ts';

const message = { to: '+380501112233', text: 'Ваш код: 482 193. Нікому його не кажіть.' };
const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

const turboAt = (port: number, token = turboToken): SmsAddress => ({
  kind: 'turbosms',
  base: `http://127.0.0.1:${port}`,
  token: new Secret(token),
  sender: 'Fortetsia',
});
const twilioAt = (port: number, authToken = twilioToken): SmsAddress => ({
  kind: 'twilio',
  base: `http://127.0.0.1:${port}`,
  accountSid: twilioSid,
  authToken: new Secret(authToken),
  from: '+380440000000',
});
const smscAt = (port: number, password = 'secret'): SmsAddress & { kind: 'smpp' } => ({
  kind: 'smpp',
  host: '127.0.0.1',
  port,
  tls: false,
  caFile: undefined,
  systemId: 'lubart',
  password: new Secret(password),
  from: 'Fortetsia',
});

function smsTo(address: SmsAddress | undefined, times: SmsTimes = {}): Sms {
  const sms = openSms(address, { answerMillis: 400, ...times });
  open.push(() => sms.close());
  return sms;
}

async function start<P extends Provider>(starting: Promise<P>): Promise<P> {
  const provider = await starting;
  open.push(() => provider.close());
  return provider;
}

/** What `send` was refused with: code and the provider’s own name for it. */
async function refusal(sms: Sms, given = message): Promise<string> {
  try {
    await sms.send(given);
  } catch (error) {
    if (!hasCode(error)) throw error;
    const said = JSON.stringify([error.code, error.field, error.details, error.message]);
    // Neither the number, nor the code, nor the password of the account is in what may be logged.
    for (const secret of [given.to.slice(1), given.text, turboToken, twilioToken])
      assert.ok(!said.includes(secret), said);
    return `${error.code} ${String(error.details?.['reason'] ?? '')}`.trim();
  }
  return 'sent';
}

type Row = { name: string; start: () => Promise<Provider>; at: (port: number, secret?: string) => SmsAddress };
const rows: Row[] = [
  { name: 'TurboSMS', start: startTurboSms, at: turboAt },
  { name: 'Twilio', start: startTwilio, at: twilioAt },
  { name: 'SMPP', start: startSmsc, at: smscAt },
];

for (const { name, start: startIt, at } of rows) {
  test(`${name}: a Cyrillic text arrives once and whole`, async () => {
    const provider = await start(startIt());
    const sms = smsTo(at(provider.port));
    assert.equal(sms.configured, true);
    await sms.send(message);
    assert.equal(provider.received.length, 1);
    assert.deepEqual(provider.received[0]?.text, message.text);
    assert.equal(provider.received[0].to.replace('+', ''), '380501112233');
  });

  test(`${name}: silence ends in time, and what may have left is not sent again`, async () => {
    const provider = await start(startIt());
    provider.behaviour = 'silent';
    const sms = smsTo(at(provider.port));
    const startedAt = performance.now();
    assert.equal(await refusal(sms), 'sms.unavailable timeout');
    assert.ok(performance.now() - startedAt < 1_500);
    assert.equal(provider.asked, 1);
  });

  test(`${name}: a connection cut after the message was given is not tried again`, async () => {
    const provider = await start(startIt());
    provider.behaviour = 'cuts';
    assert.match(await refusal(smsTo(at(provider.port))), /^sms\.unavailable /);
    assert.equal(provider.asked, 1);
  });

  test(`${name}: “too many” is tried once more, and only where the pause is short`, async () => {
    const provider = await start(startIt());
    provider.behaviour = 'busy once';
    await smsTo(at(provider.port)).send(message);
    assert.deepEqual([provider.asked, provider.received.length], [2, 1]);
    provider.behaviour = 'busy';
    assert.match(await refusal(smsTo(at(provider.port))), /^sms\.unavailable (429|0x58)$/);
    assert.ok(provider.asked <= 4);
    assert.equal(provider.received.length, 1);
  });

  test(`${name}: a fault of the provider is not tried again`, async () => {
    const provider = await start(startIt());
    provider.behaviour = 'broken';
    assert.match(await refusal(smsTo(at(provider.port))), /^sms\.unavailable (http_502|0x08)$/);
    assert.equal(provider.asked, 1);
  });

  test(`${name}: a wrong secret is refused and not repeated`, async () => {
    const provider = await start(startIt());
    const reason = await refusal(smsTo(at(provider.port, 'wrong')));
    assert.match(reason, /^sms\.unavailable (REQUIRED_TOKEN|20003|bind_0x0e)$/);
    assert.equal(provider.received.length, 0);
  });

  test(`${name}: nobody there ends at once, and the next message finds who came back`, async () => {
    const gone = await startIt();
    await gone.close();
    const sms = smsTo(at(gone.port));
    assert.match(await refusal(sms), /^sms\.unavailable (ECONNREFUSED|connection)$/);
  });
}

test('a number that a provider does not write to is told apart from an outage', async () => {
  const turbo = await start(startTurboSms());
  turbo.behaviour = { refuses: 'NOT_ALLOWED_RECIPIENT_COUNTRY' };
  assert.equal(await refusal(smsTo(turboAt(turbo.port))), 'sms.number_refused NOT_ALLOWED_RECIPIENT_COUNTRY');
  turbo.behaviour = { refuses: 'FATAL_ERROR' };
  assert.equal(await refusal(smsTo(turboAt(turbo.port))), 'sms.unavailable FATAL_ERROR');
  turbo.behaviour = { refuses: 'No route to 380501112233' };
  assert.equal(await refusal(smsTo(turboAt(turbo.port))), 'sms.unavailable unnamed');
  const twilio = await start(startTwilio());
  for (const code of ['21211', '21614', '21408']) {
    twilio.behaviour = { refuses: code };
    assert.equal(await refusal(smsTo(twilioAt(twilio.port))), `sms.number_refused ${code}`);
  }
  twilio.behaviour = { refuses: '21611' };
  assert.equal(await refusal(smsTo(twilioAt(twilio.port))), 'sms.unavailable 21611');
  const smsc = await start(startSmsc());
  smsc.behaviour = { refuses: '11' };
  assert.equal(await refusal(smsTo(smscAt(smsc.port))), 'sms.number_refused 0x0b');
});

test('without a provider nothing is configured and a send says so', async () => {
  const sms = smsTo(undefined);
  assert.equal(sms.configured, false);
  assert.equal(await refusal(sms), 'sms.unavailable not_configured');
});

test('what is no number and what is no short text go nowhere', async () => {
  const provider = await start(startTurboSms());
  const sms = smsTo(turboAt(provider.port));
  for (const to of ['380501112233', '+38050', '+0501112233', '+380501112233;+380671112233']) {
    assert.equal(await refusal(sms, { to, text: 'x' }), 'field.phone_invalid');
  }
  assert.equal(await refusal(sms, { to: message.to, text: 'я'.repeat(601) }), 'field.too_long');
  assert.equal(provider.asked, 0);
});

test('SMPP: Cyrillic goes as UCS-2, plain Latin as the default alphabet; a name of letters is an alphanumeric sender', async () => {
  const smsc = await start(startSmsc());
  const sms = smsTo(smscAt(smsc.port));
  await sms.send(message);
  await sms.send({ to: message.to, text: 'Your code: 482 193' });
  assert.deepEqual(
    smsc.parts.map((part) => [part.data_coding, part.source_addr_ton]),
    [
      [8, 5],
      [0, 5],
    ],
  );
  assert.equal(smsc.binds, 1, 'one session carries many messages');
});

test('SMPP: a long text arrives as one, in parts of at most 140 octets that break no sign', async () => {
  const smsc = await start(startSmsc());
  const long = { to: message.to, text: `${'Замок Любарта. '.repeat(9)}${'🏰'.repeat(20)} кінець` };
  await smsTo(smscAt(smsc.port)).send(long);
  assert.deepEqual(smsc.received, [{ to: '380501112233', from: 'Fortetsia', text: long.text }]);
  assert.ok(smsc.parts.length > 2);
  for (const text of [long.text, 'a'.repeat(500), 'я'.repeat(70), 'я'.repeat(71), 'a'.repeat(160), 'a'.repeat(161)]) {
    const parts = cutText(text, 7);
    for (const { udh, message: bytes, dataCoding } of parts) {
      const octets = dataCoding === 8 ? bytes.length : Math.ceil((bytes.length * 7) / 8);
      assert.ok((udh?.length ?? 0) + octets <= 140);
    }
    assert.equal(parts.length === 1, [70, 160].includes(text.length));
  }
});

test('SMPP: after the message centre went away and came back, the next message goes', async () => {
  const first = await startSmsc();
  const sms = smsTo(smscAt(first.port));
  await sms.send(message);
  await first.close();
  assert.match(await refusal(sms), /^sms\.unavailable (connection|closed)$/);
  const second: Smsc = await start(startSmsc(null, first.port));
  await sms.send(message);
  assert.equal(second.received.length, 1);
});

test('SMPP: a session that gives no sign of life is left; the other side’s questions are answered', async () => {
  const smsc = await start(startSmsc());
  const sms = smsTo(smscAt(smsc.port), { aliveMillis: 60 });
  await sms.send(message);
  await sleep(250);
  assert.ok(smsc.lives >= 2);
  const answered = await new Promise((resolve) => {
    smsc.sessions[0]!.deliver_sm({ source_addr: '1', destination_addr: '2', short_message: 'id:1' }, resolve);
  });
  assert.equal((answered as { command: string }).command, 'deliver_sm_resp');
});

test('SMPP: over TLS, and only to whom the named certificate belongs', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lubart-smpp-'));
  open.push(async () => rmSync(folder, { recursive: true, force: true }));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  execFileSync(
    'openssl',
    `req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout ${key} -out ${cert}`.split(
      ' ',
    ),
    { stdio: 'ignore' },
  );
  const smsc = await start(startSmsc({ key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') }));
  const address = { ...smscAt(smsc.port), host: 'localhost', tls: true };
  assert.equal(await refusal(smsTo(address)), 'sms.unavailable connection', 'an unknown certificate is not believed');
  await smsTo({ ...address, caFile: cert }).send(message);
  assert.equal(smsc.received.length, 1);
});
