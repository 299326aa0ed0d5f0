/**
 * A head goes into a bucket whose objects nobody can overwrite or delete for some days, not even its owner (S3 Object Lock, COMPLIANCE).
 * Names count downwards, so that the first of a list is the longest head: it is read back from outside and held against our log,
 * whatever our own database says. What was written is read back too, with its lock.
 */
import type { AnchorSettingsValue } from '#contract';
import type { Answer } from '#outside';
import { askOutside } from '#outside';
import { encodeAwsPath, signAwsRequest } from '#protections/encryption';
import type { Outcome } from './outcome.ts';

type Bucket = NonNullable<AnchorSettingsValue['bucket']>;
type Known = { size: number; note: string; organizationId: string };
const day = 86_400_000;
const highest = 10 ** 15 - 1;

/** `holds`: does a head that was found outside belong to our log? */
export async function storeHead(
  bucket: Bucket,
  head: Known,
  now: () => Date,
  holds: (note: string) => Promise<boolean>,
): Promise<Outcome> {
  const ask = asking(bucket, now);
  const folder = `${bucket.prefix === undefined ? '' : `${bucket.prefix.replace(/^\/+|\/+$/g, '')}/`}${head.organizationId}/`;
  const newest = await newestKept(ask, folder);
  if ('problem' in newest) return newest;
  // Attack: our log was cut, rewritten or brought back from a copy.
  if (newest.note !== null && !(await holds(newest.note))) return { problem: 'forked' };
  const name = `${folder}${String(highest - head.size).padStart(15, '0')}-${head.size}.txt`;
  const until = new Date(now().getTime() + bucket.keepDays * day);
  const body = Buffer.from(head.note);
  const put = await ask('PUT', name, {
    body,
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      'if-none-match': '*',
      'x-amz-object-lock-mode': 'COMPLIANCE',
      'x-amz-object-lock-retain-until-date': until.toISOString(),
    },
  });
  // 412 and 409: there already; what is there is read below.
  if (put === 'unreachable' || put.status >= 500) return { problem: 'unreachable' };
  if (![200, 201, 409, 412].includes(put.status)) return { problem: 'refused' };
  return readBack(await ask('GET', name), head.note, now(), holds);
}

type Ask = (
  method: 'GET' | 'PUT',
  name: string,
  more?: { body?: Buffer; headers?: Record<string, string>; query?: string },
) => Promise<Answer | 'unreachable'>;

const asking =
  (bucket: Bucket, now: () => Date): Ask =>
  (method, name, { body, headers = {}, query = '' } = {}) => {
    const url = new URL(`${bucket.address}/${encodeAwsPath(`${bucket.bucket}/${name}`)}${query}`);
    const signed = signAwsRequest(
      { service: 's3', ...bucket },
      { method, url, headers, body: body ?? Buffer.alloc(0) },
      now(),
    );
    return askOutside(url.href, { method, headers: signed, ...(body === undefined ? {} : { body }) });
  };

async function newestKept(
  ask: Ask,
  folder: string,
): Promise<{ note: string | null } | { problem: 'unreachable' | 'refused' | 'answer_wrong' }> {
  const listed = await ask('GET', '', { query: `?list-type=2&max-keys=1&prefix=${encodeURIComponent(folder)}` });
  if (listed === 'unreachable' || listed.status >= 500) return { problem: 'unreachable' };
  if (listed.status !== 200) return { problem: 'refused' };
  const text = listed.bytes.toString('utf8');
  if (!text.includes('<ListBucketResult')) return { problem: 'answer_wrong' };
  const name = /<Key>([^<&]+)<\/Key>/.exec(text)?.[1];
  if (name === undefined) return { note: null };
  if (!name.startsWith(folder)) return { problem: 'answer_wrong' };
  const got = await ask('GET', name);
  if (got === 'unreachable' || got.status >= 500) return { problem: 'unreachable' };
  return got.status === 200 ? { note: got.bytes.toString('utf8') } : { problem: 'refused' };
}

async function readBack(
  got: Answer | 'unreachable',
  note: string,
  at: Date,
  holds: (note: string) => Promise<boolean>,
): Promise<Outcome> {
  if (got === 'unreachable' || got.status >= 500) return { problem: 'unreachable' };
  if (got.status !== 200) return { problem: 'refused' };
  const kept = got.bytes.toString('utf8');
  // The same head may carry more signatures of witnesses by now.
  if (kept !== note && !(await holds(kept))) return { problem: 'answer_wrong' };
  const until = Date.parse(String(got.headers['x-amz-object-lock-retain-until-date']));
  const isLocked = got.headers['x-amz-object-lock-mode'] === 'COMPLIANCE' && until > at.getTime();
  return isLocked ? { at, stamp: null } : { problem: 'not_locked' };
}
