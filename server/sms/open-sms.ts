/**
 * Short messages leave through one of three providers, which LUBART_SMS_URL names. `send` resolves when the provider has taken the
 * message, not when the phone has it. It is tried a second time only when the first one certainly did not leave.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SmsAddress } from '#kernel';
import { LubartError } from '#kernel';
import type { Adapter, SmsMessage } from './attempt.ts';
import { requireSent } from './attempt.ts';
import { openSmpp } from './smpp.ts';
import { turboSms } from './turbosms.ts';
import { twilio } from './twilio.ts';

export type Sms = {
  /** Whether there is a provider at all. */
  readonly configured: boolean;
  /** @throws sms.unavailable (none is set, it is down, it is slow), sms.number_refused */
  send(message: SmsMessage): Promise<void>;
  close(): Promise<void>;
};

/** Longer than any code needs; a provider bills each part. */
export const textLengthMax = 600;
/** The longest pause before a second try: somebody waits before a screen. */
const pauseMillisMax = 2_000;

export type SmsTimes = {
  /** Until the provider has answered. */
  answerMillis?: number;
  /** Between two signs of life of an SMPP session. */
  aliveMillis?: number;
};

export function openSms(address: SmsAddress | undefined, times: SmsTimes = {}): Sms {
  if (address === undefined) {
    return {
      configured: false,
      send: async () => {
        throw new LubartError('sms.unavailable', { details: { reason: 'not_configured' } });
      },
      close: async () => {},
    };
  }
  const adapter = adapterOf(address, { answerMillis: 10_000, aliveMillis: 30_000, ...times });
  return {
    configured: true,
    send: (message) => sendOnce(adapter, message),
    close: () => adapter.close(),
  };
}

function adapterOf(address: SmsAddress, times: Required<SmsTimes>): Adapter {
  if (address.kind === 'turbosms') return turboSms(address, times.answerMillis);
  if (address.kind === 'twilio') return twilio(address, times.answerMillis);
  return openSmpp(address, times);
}

async function sendOnce(adapter: Adapter, message: SmsMessage): Promise<void> {
  if (!/^\+[1-9]\d{7,14}$/.test(message.to)) throw new LubartError('field.phone_invalid', { field: 'to' });
  if (message.text === '' || message.text.length > textLengthMax)
    throw new LubartError('field.too_long', { field: 'text' });
  const first = await adapter.attempt(message);
  if (first.kind !== 'not-sent' || first.afterMillis > pauseMillisMax) return requireSent(adapter.provider, first);
  await sleep(first.afterMillis);
  requireSent(adapter.provider, await adapter.attempt(message));
}
