/**
 * The parts of a zip archive, opened with suspicion. Sizes that the directory declares are judged before a byte is
 * inflated, and yauzl stops any part that turns out longer than declared, so a bomb of either kind stays folded.
 */
import { Readable } from 'node:stream';
import yauzl, { type Entry, type ZipFile } from 'yauzl';
import { LubartError } from '#kernel';

/** A file that can be read from any place; `read` gives fewer bytes than asked only at the end of the file. */
export type RandomAccessSource = {
  size: number;
  read(offset: number, length: number): Promise<Uint8Array>;
};

export const zipEntriesMax = 10_000;
/** Honest sheets shrink 5 to 60 times; DEFLATE cannot do more than 1 032. */
export const inflateRatioMax = 200;
/** Below this a high ratio does no harm. */
export const inflateRatioFromBytes = 16 * 1024 * 1024;

const readBytes = 256 * 1024;
const oleMagic = 'd0cf11e0a1b11ae1';

export class ZipParts {
  private readonly zip: ZipFile;
  private readonly entries: Map<string, Entry>;

  private constructor(zip: ZipFile, entries: Map<string, Entry>) {
    this.zip = zip;
    this.entries = entries;
  }

  /** Throws `import.file_encrypted`, `import.file_broken` (not a zip, cut, garbled) or `import.too_large`. */
  static async open(source: RandomAccessSource): Promise<ZipParts> {
    const magic = await source.read(0, Math.min(8, source.size));
    if (Buffer.from(magic).toString('hex') === oleMagic) throw new LubartError('import.file_encrypted');
    return await brokenUnlessKnown(async () => {
      const options = { autoClose: false };
      const zip = await yauzl.fromRandomAccessReaderPromise(new SourceReader(source), source.size, options);
      if (zip.entryCount > zipEntriesMax)
        throw new LubartError('import.too_large', { details: { max: zipEntriesMax } });
      const entries = new Map<string, Entry>();
      for await (const entry of zip.eachEntry()) entries.set(partKey(entry.fileName), entry);
      return new ZipParts(zip, entries);
    });
  }

  has(path: string): boolean {
    return this.entries.has(partKey(path));
  }

  /** Bytes of a part: in the archive and unfolded, as the directory declares them. */
  sizeOf(path: string): { folded: number; unfolded: number } {
    const entry = this.entries.get(partKey(path));
    return { folded: entry?.compressedSize ?? 0, unfolded: entry?.uncompressedSize ?? 0 };
  }

  /** The unfolded bytes of a part of at most `maxBytes`. Throws as `open` does. */
  async *read(path: string, maxBytes: number): AsyncGenerator<Uint8Array> {
    const entry = this.entries.get(partKey(path));
    if (entry === undefined) throw new LubartError('import.file_broken');
    if (entry.isEncrypted()) throw new LubartError('import.file_encrypted');
    requireHonestSize(entry, maxBytes);
    const stream = await brokenUnlessKnown(() => this.zip.openReadStreamPromise(entry));
    try {
      for await (const chunk of stream) yield chunk as Uint8Array;
    } catch (error) {
      throw asBroken(error);
    } finally {
      stream.destroy();
    }
  }

  close(): void {
    this.zip.close();
  }
}

/** Zip bombs stop here. */
function requireHonestSize(entry: Entry, maxBytes: number): void {
  const { compressedSize, uncompressedSize } = entry;
  const isSuspicious = uncompressedSize > inflateRatioFromBytes && uncompressedSize > inflateRatioMax * compressedSize;
  if (uncompressedSize > maxBytes || isSuspicious) {
    throw new LubartError('import.too_large', { details: { bytes: uncompressedSize, maxBytes } });
  }
}

/** Part names are compared without case (ECMA-376 part 2, §6.2.2.3). */
function partKey(path: string): string {
  return path.replace(/^\/+/, '').toLowerCase();
}

async function brokenUnlessKnown<T>(step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw asBroken(error);
  }
}

function asBroken(error: unknown): unknown {
  if (error instanceof LubartError) return error;
  if (error instanceof SourceError) return error.cause;
  return new LubartError('import.file_broken', { cause: error });
}

/** A fault of the source is not a fault of the file and keeps its own name. */
class SourceError extends Error {}

class SourceReader extends yauzl.RandomAccessReader {
  private readonly source: RandomAccessSource;

  constructor(source: RandomAccessSource) {
    super();
    this.source = source;
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(piecesOf(this.source, start, end), { objectMode: false });
  }
}

async function* piecesOf(source: RandomAccessSource, start: number, end: number): AsyncGenerator<Buffer> {
  for (let at = start; at < end;) {
    const piece = await source.read(at, Math.min(readBytes, end - at)).catch((cause: unknown) => {
      throw new SourceError('source', { cause });
    });
    if (piece.length === 0) return; // yauzl notices the missing bytes
    at += piece.length;
    yield Buffer.from(piece.buffer, piece.byteOffset, piece.length);
  }
}
