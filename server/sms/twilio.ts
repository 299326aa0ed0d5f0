/**
 * Twilio, the Messages resource (https://www.twilio.com/docs/messaging/api/message-resource): a form with basic authentication, 201
 * with a `sid` when the message was taken; a refusal is JSON with a numeric `code` (https://www.twilio.com/docs/api/errors).
 */
import type { SmsAddress } from '#kernel';
import type { Adapter, Outcome } from './attempt.ts';
import { post, tooMany } from './post.ts';

/** Invalid, unreachable, region not allowed, unsubscribed, cannot be routed, no mobile. */
const numberFaults: readonly unknown[] = [21211, 21214, 21217, 21408, 21610, 21612, 21614];
const lostStates: readonly unknown[] = ['failed', 'undelivered', 'canceled'];

export function twilio(address: SmsAddress & { kind: 'twilio' }, answerMillis: number): Adapter {
  const url = new URL(`/2010-04-01/Accounts/${address.accountSid}/Messages.json`, address.base);
  /** A messaging service is named by its id instead of a number. */
  const sender = /^MG[0-9a-f]{32}$/.test(address.from) ? 'MessagingServiceSid' : 'From';
  return {
    provider: 'twilio',
    attempt: async ({ to, text }) => {
      const form = new URLSearchParams({ To: to, [sender]: address.from, Body: text });
      const basic = Buffer.from(`${address.accountSid}:${address.authToken.expose()}`).toString('base64');
      const headers = { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' };
      const posted = await post(url, headers, form.toString(), answerMillis);
      if ('fault' in posted) return posted.fault;
      return tooMany(posted) ?? readAnswer(posted.status, posted.body);
    },
    close: async () => {},
  };
}

function readAnswer(status: number, body: unknown): Outcome {
  const said = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  if (status === 201 && typeof said['sid'] === 'string' && !lostStates.includes(said['status']))
    return { kind: 'sent' };
  const number = said['code'] ?? said['error_code'];
  const code = typeof number === 'number' ? String(number) : `http_${status}`;
  return numberFaults.includes(number) ? { kind: 'number-refused', code } : { kind: 'failed', code };
}
