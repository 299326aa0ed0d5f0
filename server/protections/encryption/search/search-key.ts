/**
 * The blind index key and the keyed hash that makes tokens.
 *
 * A token is the first four bytes, as a signed big-endian integer, of AES-256 (FIPS 197) under the index key over one
 * 16-byte block. AES is a pseudorandom permutation; on distinct single blocks it is indistinguishable from a random
 * function up to q²/2¹²⁹ for q blocks (the PRP/PRF switching lemma, Bellare and Rogaway 2006), and cutting it to 32 bits
 * only helps. Blocks are encrypted side by side in the ECB mode of NIST SP 800-38A §6.1. That mode is wrong for
 * messages, because equal blocks stay equal; here that is the purpose, an index finds what is equal, and nothing is ever
 * decrypted. One call encrypts all blocks of a record, which is many times faster than an HMAC per token.
 *
 * A block is one byte of domain (high four bits) and length (low four bits), then up to 15 bytes of input, then zeros:
 * no two inputs of any domains make the same block. A longer input is replaced by the first 15 bytes of its SHA-256 in a
 * domain byte of its own.
 */
import type { Cipheriv, KeyObject } from 'node:crypto';
import { createCipheriv, createSecretKey, hash } from 'node:crypto';

/** What an input means; tokens of different domains have nothing in common. Four bits, the highest one is `hashed`. */
export const domains = {
  wordPrefix: 1,
  firstLetter: 2,
  phoneEnding: 3,
  phoneWhole: 4,
  emailWhole: 5,
  code: 6,
} as const;
export type Domain = (typeof domains)[keyof typeof domains];

const hashed = 8;
const blockBytes = 16;
const inputBytesMax = blockBytes - 1;

/** Blocks of one record at most; what is more is not indexed (see README.md). */
export const tokensMax = 512;

/** An index key made ready. Never the key that seals. */
export type SearchKey = { readonly cipher: Cipheriv; readonly blocks: Buffer };

/** Makes an index key of 32 bytes ready for use. Throws RangeError (from the cipher) when the key is of another length. */
export function makeIndexKey(key: Uint8Array | KeyObject): SearchKey {
  const secret = key instanceof Uint8Array ? createSecretKey(key) : key;
  // ECB keeps no state between blocks, so one cipher serves for ever; no padding, so that it never holds a block back.
  const cipher = createCipheriv('aes-256-ecb', secret, null);
  cipher.setAutoPadding(false);
  return { cipher, blocks: Buffer.alloc(blockBytes * tokensMax) };
}

/** Collects the blocks of one record and encrypts them in one call. Not reentrant: fill and finish without awaiting. */
export class BlockWriter {
  readonly #key: SearchKey;
  #count = 0;

  constructor(key: SearchKey) {
    this.#key = key;
  }

  get full(): boolean {
    return this.#count >= tokensMax;
  }

  /** Adds the first `length` characters of `text` in a domain; nothing when the record already has `tokensMax`. */
  add(domain: Domain, text: string, length: number = text.length): void {
    if (this.full) return;
    const at = this.#count * blockBytes;
    const blocks = this.#key.blocks;
    this.#count += 1;
    if (length > inputBytesMax || !writeAscii(blocks, at, domain, text, length)) {
      writeOther(blocks, at, domain, text.slice(0, length));
    }
  }

  /** The tokens in the order of adding. */
  finish(): Int32Array {
    const used = this.#key.blocks.subarray(0, this.#count * blockBytes);
    const sealed = this.#key.cipher.update(used);
    used.fill(0); // the next record’s blocks are written over zeros
    const tokens = new Int32Array(this.#count);
    for (let at = 0; at < this.#count; at += 1) tokens[at] = sealed.readInt32BE(at * blockBytes);
    this.#count = 0;
    return tokens;
  }
}

/** The fast path: ASCII, at most 15 characters. False when another character was met. */
function writeAscii(blocks: Buffer, at: number, domain: Domain, text: string, length: number): boolean {
  blocks[at] = (domain << 4) | length;
  for (let i = 0; i < length; i += 1) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) return false;
    blocks[at + 1 + i] = code;
  }
  return true;
}

function writeOther(blocks: Buffer, at: number, domain: Domain, text: string): void {
  const bytes = Buffer.from(text, 'utf8');
  blocks.fill(0, at, at + blockBytes);
  if (bytes.length <= inputBytesMax) {
    blocks[at] = (domain << 4) | bytes.length;
    bytes.copy(blocks, at + 1);
    return;
  }
  blocks[at] = ((domain | hashed) << 4) | inputBytesMax;
  hash('sha256', text, 'buffer').copy(blocks, at + 1, 0, inputBytesMax);
}

/** One token, for exact look-ups. */
export function makeToken(key: SearchKey, domain: Domain, text: string): number {
  const writer = new BlockWriter(key);
  writer.add(domain, text);
  return writer.finish()[0]!;
}
