/** Requests to places outside: no redirects, a time limit, and no more of the answer than an answer can be. */
import { LubartError } from '#kernel';

const waitMillisMax = 15_000;
const answerBytesMax = 131_072;
const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Attack: plain http to somewhere, where answers could be forged or held back; a password in the address; a number of the inner network.
 * Time stamps are signed and most authorities know plain http only: it is allowed for them, to a name.
 * @throws anchor.address_wrong
 */
export function readAnchorAddress(text: string, plainToo = false): string {
  const url = URL.parse(text.trim());
  const isNumber = url !== null && (/^[\d.]+$/.test(url.hostname) || url.hostname.startsWith('['));
  const isSafe =
    url?.protocol === 'https:' ||
    (url?.protocol === 'http:' && (loopback.has(url.hostname) || (plainToo && !isNumber)));
  if (url === null || !isSafe || url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    throw new LubartError('anchor.address_wrong', { field: 'address' });
  return url.href.replace(/\/+$/, '');
}

export type Answer = { status: number; bytes: Buffer; headers: Headers };

export async function askOutside(
  address: string,
  request: { method: 'GET' | 'POST' | 'PUT'; headers: Record<string, string>; body?: string | Uint8Array<ArrayBuffer> },
): Promise<Answer | 'unreachable'> {
  try {
    const response = await fetch(address, {
      ...request,
      redirect: 'error',
      signal: AbortSignal.timeout(waitMillisMax),
    });
    return { status: response.status, bytes: await readShort(response), headers: response.headers };
  } catch {
    return 'unreachable';
  }
}

async function readShort(response: Response): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of response.body ?? []) {
    length += piece.length;
    if (length > answerBytesMax) throw new RangeError('the answer is too long');
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
