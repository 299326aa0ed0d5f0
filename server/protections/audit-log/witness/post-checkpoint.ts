/** The request to a witness: no redirects, a time limit, and no more of the answer than an answer can be. */
import { LubartError } from '#kernel';

const waitMillisMax = 10_000;
const answerBytesMax = 16_384;
const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * The submission prefix of a witness, as it is kept.
 * Attack: plain http to somewhere, where a confirmation could be held back unseen; a password in the address.
 * @throws witness.address_wrong
 */
export function readWitnessAddress(text: string): string {
  const url = URL.parse(text.trim());
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && loopback.has(url.hostname));
  if (url === null || !isSafe || url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    throw new LubartError('witness.address_wrong', { field: 'address' });
  return url.href.replace(/\/+$/, '');
}

export async function postCheckpoint(
  address: string,
  body: string,
): Promise<{ status: number; text: string } | 'unreachable'> {
  try {
    const response = await fetch(`${address}/add-checkpoint`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      redirect: 'error',
      signal: AbortSignal.timeout(waitMillisMax),
    });
    return { status: response.status, text: await readShort(response) };
  } catch {
    return 'unreachable';
  }
}

async function readShort(response: Response): Promise<string> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of response.body ?? []) {
    length += piece.length;
    if (length > answerBytesMax) throw new RangeError('the answer is too long');
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}
