/**
 * An Office file under a password, in two steps: its package is encrypted as it comes and kept; when all of it is there, the file is
 * put together around it. Nothing but the package’s own encryption holds the data.
 */
import { encryptionInfo, encryptPackage, newOfficeKey, number64, sealPackage } from './agile.ts';
import type { OfficeKey } from './agile.ts';
import { writeCompoundFile } from './compound-file.ts';
import { dataSpaces } from './data-spaces.ts';

export type { OfficeKey } from './agile.ts';
export { encryptPackage, newOfficeKey };

/**
 * The whole file. `encrypted` is what `encryptPackage` yielded, asked for twice: once for its integrity, once to be sent.
 * `size` is the length of the package that it told.
 */
export async function* closeOfficeFile(
  officeKey: OfficeKey,
  password: string,
  given: { size: number; encryptedBytes: number; encrypted: () => AsyncIterable<Uint8Array> },
): AsyncGenerator<Buffer> {
  const { size, encryptedBytes, encrypted } = given;
  const info = await encryptionInfo(officeKey, password, await sealPackage(officeKey, size, encrypted()));
  const stream = async function* () {
    yield number64(size);
    yield* encrypted();
  };
  yield* writeCompoundFile([...dataSpaces(), { name: 'EncryptionInfo', bytes: info }], {
    name: 'EncryptedPackage',
    size: 8 + encryptedBytes,
    bytes: stream(),
  });
}
