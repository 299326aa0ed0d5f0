/** AWS Signature Version 4 for requests to S3 (AWS General Reference, “Create a signed AWS API request”). */
import { createHash, createHmac } from 'node:crypto';

export type Signer = { region: string; accessKey: string; secretKey: string };
export type S3Request = {
  method: 'GET' | 'PUT';
  url: URL;
  /** Without host, which is added. */
  headers: Record<string, string>;
  body: Uint8Array;
};

export const hexHash = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');
const hmac = (key: Uint8Array | string, text: string) => createHmac('sha256', key).update(text).digest();

/** The headers with which the request is sent. */
export function signRequest(
  signer: Signer,
  { method, url, headers, body }: S3Request,
  now: Date,
): Record<string, string> {
  const at = now.toISOString().replace(/[-:]|\.\d{3}/g, '');
  const hashed = hexHash(body);
  const sent: Record<string, string> = { ...headers, 'x-amz-content-sha256': hashed, 'x-amz-date': at };
  const signed: Record<string, string> = { ...sent, host: url.host };
  const names = Object.keys(signed).toSorted();
  const lines = names.map((name) => `${name}:${signed[name]!.trim().replace(/ +/g, ' ')}\n`).join('');
  const request = [method, pathOf(url), queryOf(url), lines, names.join(';'), hashed].join('\n');
  const scope = `${at.slice(0, 8)}/${signer.region}/s3/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', at, scope, hexHash(request)].join('\n');
  const key = scope
    .split('/')
    .reduce<Uint8Array | string>((reached, part) => hmac(reached, part), `AWS4${signer.secretKey}`);
  const signature = hmac(key, toSign).toString('hex');
  const credential = `Credential=${signer.accessKey}/${scope}`;
  return {
    ...sent,
    authorization: `AWS4-HMAC-SHA256 ${credential},SignedHeaders=${names.join(';')},Signature=${signature}`,
  };
}

/** RFC 3986: everything but unreserved characters; encodeURIComponent leaves five more. */
const encode = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

export const encodePath = (path: string): string => path.split('/').map(encode).join('/');
const pathOf = (url: URL) =>
  url.pathname
    .split('/')
    .map((part) => encode(decodeURIComponent(part)))
    .join('/');
const queryOf = (url: URL) =>
  [...url.searchParams]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .toSorted()
    .join('&');
