/**
 * Lines to a webhook: HTTPS POST, one event a line, signed as the Standard Webhooks specification says (HMAC-SHA256 over id, time
 * and body). An answer of 2xx confirms; nothing is followed, and of what is answered nothing is read.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { request } from 'node:https';
import type { ForwardForm, ForwardProblem } from '#contract';
import { guardedLookup, requireDialled } from '#outside';
import { trouble } from './trouble.ts';
import type { Line } from './write-lines.ts';

export type WebhookTarget = {
  id: string;
  address: string;
  authority: string | null;
  secret: string;
  form: ForwardForm;
};

const waitMillisMax = 20_000;
const secretHead = 'whsec_';

export const makeWebhookSecret = () => secretHead + randomBytes(32).toString('base64');

/** `id` names what is sent, so that the same part sent twice is known by it. */
export function signWebhook(secret: string, id: string, seconds: number, body: string): string {
  const key = Buffer.from(secret.slice(secretHead.length), 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64')}`;
}

/** null: delivered. */
export function sendWebhook(target: WebhookTarget, lines: readonly Line[], now: Date): Promise<ForwardProblem | null> {
  const body = lines.map(({ text }) => `${text}\n`).join('');
  const id = `${target.id}.${lines[0]!.index}-${lines.at(-1)!.index}`;
  const seconds = Math.floor(now.getTime() / 1000);
  const url = new URL(target.address);
  return new Promise((resolve) => {
    try {
      const host = requireDialled(url.hostname);
      const asking = request({
        host,
        port: url.port === '' ? 443 : Number(url.port),
        path: url.pathname + url.search,
        method: 'POST',
        lookup: guardedLookup,
        minVersion: 'TLSv1.2',
        rejectUnauthorized: true,
        agent: false,
        ...(target.authority === null ? {} : { ca: target.authority }),
        signal: AbortSignal.timeout(waitMillisMax),
        headers: {
          host: url.host,
          'content-type': target.form === 'ocsf' ? 'application/x-ndjson' : 'text/plain; charset=utf-8',
          'content-length': Buffer.byteLength(body),
          'webhook-id': id,
          'webhook-timestamp': String(seconds),
          'webhook-signature': signWebhook(target.secret, id, seconds, body),
        },
      });
      asking.once('response', (response) => {
        const status = response.statusCode ?? 0;
        response.destroy();
        resolve(status >= 200 && status < 300 ? null : 'refused');
      });
      asking.on('error', (error) => resolve(trouble(error)));
      asking.end(body);
    } catch (error) {
      resolve(trouble(error));
    }
  });
}
