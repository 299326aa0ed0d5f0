/** SHA-256 (FIPS 180-4), the hash of the tree, in one call. */
import { hash } from 'node:crypto';

export const sha256 = (bytes: Uint8Array): Buffer => hash('sha256', bytes, 'buffer');
