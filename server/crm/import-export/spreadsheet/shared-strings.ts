/**
 * The shared strings of a workbook (ECMA-376 part 1, §18.4.8): every text once, cells point at it by number. Kept as
 * UTF-8 in large pieces instead of one object per text: a third of the memory, and a cap that means bytes.
 */
import { LubartError } from '#kernel';
import { cellBytesMax } from './row.ts';
import { unescapeText } from './xlsx-text.ts';
import type { XmlEvents } from './xml-scanner.ts';

export const sharedBytesMax = 128 * 1024 * 1024;
export const sharedTextsMax = 8_000_000;

const segmentBytes = 1024 * 1024;

export class SharedStrings {
  private readonly segments: Buffer[] = [];
  private free = 0;
  private starts = new Uint32Array(1024);
  private lengths = new Uint32Array(1024);
  count = 0;
  private total = 0;

  /** Throws `import.cell_too_long`, and `import.too_large` when the texts together are beyond what memory is given. */
  add(text: string): void {
    const bytes = Buffer.byteLength(text);
    this.total += bytes;
    if (bytes > cellBytesMax) throw new LubartError('import.cell_too_long', { details: { maxBytes: cellBytesMax } });
    if (this.total > sharedBytesMax || this.count === sharedTextsMax) throw new LubartError('import.too_large');
    if (bytes > this.free) {
      this.segments.push(Buffer.allocUnsafeSlow(segmentBytes));
      this.free = segmentBytes;
    }
    if (this.count === this.starts.length) this.growIndex();
    const start = this.segments.length * segmentBytes - this.free;
    this.segments.at(-1)?.write(text, start % segmentBytes);
    this.starts[this.count] = start;
    this.lengths[this.count] = bytes;
    this.count++;
    this.free -= bytes;
  }

  /** The text with this number, or undefined. */
  find(index: number): string | undefined {
    if (!(index >= 0 && index < this.count)) return undefined;
    const start = this.starts[index]!;
    const from = start % segmentBytes;
    return this.segments[Math.floor(start / segmentBytes)]?.toString('utf8', from, from + this.lengths[index]!) ?? '';
  }

  /** Reads `sharedStrings.xml`: the runs of a rich text are joined, reading aids (`rPh`) are left out. */
  events(): XmlEvents {
    let text = '';
    let inText = false;
    let inAid = false;
    return {
      open: (name) => {
        if (name === 'si') text = '';
        else if (name === 'rPh') inAid = true;
        else if (name === 't') inText = !inAid;
      },
      text: (piece) => {
        if (!inText) return;
        text += piece;
        if (text.length > cellBytesMax) throw new LubartError('import.cell_too_long');
      },
      close: (name) => {
        if (name === 't') inText = false;
        else if (name === 'rPh') inAid = false;
        else if (name === 'si') this.add(unescapeText(text));
      },
    };
  }

  private growIndex(): void {
    for (const name of ['starts', 'lengths'] as const) {
      const grown = new Uint32Array(this[name].length * 2);
      grown.set(this[name]);
      this[name] = grown;
    }
  }
}
