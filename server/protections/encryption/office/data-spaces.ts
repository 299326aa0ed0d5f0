/** The streams by which a compound file says that its package is encrypted ([MS-OFFCRYPTO] §2.1, §2.3.4.1–§2.3.4.3). */
import type { Stored } from './compound-file.ts';

const number = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};

/** UNICODE-LP-P4 (§2.1.2): length in bytes, UTF-16, filled up to four. */
function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'utf16le');
  return Buffer.concat([number(bytes.length), bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}

/** The version 1.0 of reader, updater and writer. */
const versions = Buffer.concat([number(1), number(1), number(1)]);

const space = 'StrongEncryptionDataSpace';
const transform = 'StrongEncryptionTransform';

export function dataSpaces(): Stored[] {
  const reference = Buffer.concat([number(1), number(0), text('EncryptedPackage'), text(space)]);
  const map = Buffer.concat([number(8), number(1), number(reference.length + 4), reference]);
  const definition = Buffer.concat([number(8), number(1), text(transform)]);
  const id = text('{FF9A3F03-56EF-4613-BDD5-5A41C1D07246}');
  const primary = Buffer.concat([
    number(8 + id.length),
    number(1),
    id,
    text('Microsoft.Container.EncryptionTransform'),
    versions,
    number(0),
    number(0),
    number(0),
    number(4),
  ]);
  return [
    {
      name: '\u0006DataSpaces',
      entries: [
        { name: 'Version', bytes: Buffer.concat([text('Microsoft.Container.DataSpaces'), versions]) },
        { name: 'DataSpaceMap', bytes: map },
        { name: 'DataSpaceInfo', entries: [{ name: space, bytes: definition }] },
        { name: 'TransformInfo', entries: [{ name: transform, entries: [{ name: '\u0006Primary', bytes: primary }] }] },
      ],
    },
  ];
}
