/** AWS Signature Version 4 (AWS General Reference, “Create a signed AWS API request”); for S3 with the header that S3 asks for. */
import { createHash, createHmac } from 'node:crypto';

export type AwsSigner = {
  /** `service` is the one of the published examples. */
  service: 's3' | 'kms' | 'service';
  region: string;
  accessKey: string;
  secretKey: string;
  /** Of credentials that are lent for some hours. */
  sessionToken?: string;
};
export type AwsRequest = {
  method: 'GET' | 'POST' | 'PUT';
  url: URL;
  /** Without host, which is added. */
  headers: Record<string, string>;
  body: Uint8Array;
};

const hexHash = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');
const hmac = (key: Uint8Array | string, text: string) => createHmac('sha256', key).update(text).digest();

/** The headers with which the request is sent. */
export function signAwsRequest(
  signer: AwsSigner,
  { method, url, headers, body }: AwsRequest,
  now: Date,
): Record<string, string> {
  const at = now.toISOString().replace(/[-:]|\.\d{3}/g, '');
  const hashed = hexHash(body);
  const sent: Record<string, string> = { ...headers, 'x-amz-date': at };
  if (signer.service === 's3') sent['x-amz-content-sha256'] = hashed;
  if (signer.sessionToken !== undefined) sent['x-amz-security-token'] = signer.sessionToken;
  const signed: Record<string, string> = { ...sent, host: url.host };
  const names = Object.keys(signed).toSorted();
  const lines = names.map((name) => `${name}:${signed[name]!.trim().replace(/ +/g, ' ')}\n`).join('');
  const request = [method, pathOf(url), queryOf(url), lines, names.join(';'), hashed].join('\n');
  const scope = `${at.slice(0, 8)}/${signer.region}/${signer.service}/aws4_request`;
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

export const encodeAwsPath = (path: string): string => path.split('/').map(encode).join('/');
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
