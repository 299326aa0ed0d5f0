/**
 * TurboSMS, the HTTP API of turbosms.ua (https://turbosms.ua/ua/api.html, message/send.json): JSON with a bearer token. It answers
 * 200 with a code for the whole (0, 800–803: taken, the last two in part) and one for each recipient; only the recipient’s counts.
 */
import type { SmsAddress } from '#kernel';
import type { Adapter, Outcome } from './attempt.ts';
import { post, tooMany } from './post.ts';

type Verdict = { response_code?: unknown; response_status?: unknown };

/** 0 OK; 800 accepted, 801 sent, 802 accepted in part, 803 sent in part. */
const takenCodes: readonly unknown[] = [0, 800, 801, 802, 803];
const numberFaults = /^(INVALID_PHONE|NOT_ALLOWED_(RECIPIENTS?_(NUMBER|COUNTRY)|NUMBER_STOPLIST))$/;

export function turboSms(address: SmsAddress & { kind: 'turbosms' }, answerMillis: number): Adapter {
  const url = new URL('/message/send.json', address.base);
  return {
    provider: 'turbosms',
    attempt: async ({ to, text }) => {
      const body = JSON.stringify({ recipients: [to.slice(1)], sms: { sender: address.sender, text } });
      const headers = { authorization: `Bearer ${address.token.expose()}`, 'content-type': 'application/json' };
      const posted = await post(url, headers, body, answerMillis);
      if ('fault' in posted) return posted.fault;
      return tooMany(posted) ?? readAnswer(posted.status, posted.body);
    },
    close: async () => {},
  };
}

function readAnswer(status: number, body: unknown): Outcome {
  const whole = isVerdict(body) ? body : {};
  const results = (whole as { response_result?: unknown }).response_result;
  const one: unknown = Array.isArray(results) ? results[0] : undefined;
  if (status !== 200 || !takenCodes.includes(whole.response_code) || !isVerdict(one)) {
    return failed(isVerdict(one) && whole.response_code === undefined ? one : whole, status);
  }
  if (one.response_code === 0) return { kind: 'sent' };
  return failed(one, status);
}

function failed(verdict: Verdict, status: number): Outcome {
  const code = typeof verdict.response_status === 'string' ? verdict.response_status : `http_${status}`;
  return numberFaults.test(code) ? { kind: 'number-refused', code } : { kind: 'failed', code };
}

const isVerdict = (value: unknown): value is Verdict => typeof value === 'object' && value !== null;
