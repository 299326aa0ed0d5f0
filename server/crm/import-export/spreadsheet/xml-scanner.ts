/**
 * XML of office files, read as a stream of events with the doors shut: no document type (so no entities to expand), no
 * endless text, no endless depth. Names come without their namespace prefix.
 */
import { SaxesParser } from 'saxes';
import { LubartError } from '#kernel';
import { rowBytesMax } from './row.ts';

const depthMax = 64;

export type XmlEvents = {
  open(name: string, attributes: Record<string, string>): void;
  text(text: string): void;
  close(name: string): void;
};

export class XmlScanner {
  private readonly parser: SaxesParser;
  private readonly decoder = new TextDecoder('utf-8', { fatal: true });
  private quietBytes = 0;
  private depth = 0;

  constructor(events: XmlEvents) {
    this.parser = new SaxesParser({ position: false });
    this.parser.on('doctype', () => refuseXml('document type')); // entity bombs stop here
    this.parser.on('error', (error) => {
      throw error;
    });
    this.parser.on('opentag', (tag) => {
      this.quietBytes = 0;
      if (++this.depth > depthMax) refuseXml('depth');
      events.open(localName(tag.name), tag.attributes);
    });
    this.parser.on('closetag', (tag) => {
      this.quietBytes = 0;
      this.depth--;
      events.close(localName(tag.name));
    });
    this.parser.on('text', (text) => events.text(text));
    this.parser.on('cdata', (text) => events.text(text));
  }

  /** Throws `import.file_broken`, or `import.too_large` when one text or tag goes on without an end. */
  push(chunk: Uint8Array): void {
    this.quietBytes += chunk.length;
    if (this.quietBytes > rowBytesMax + chunk.length) throw new LubartError('import.too_large');
    this.attempt(() => this.parser.write(this.decoder.decode(chunk, { stream: true })));
  }

  end(): void {
    this.attempt(() => {
      this.parser.write(this.decoder.decode());
      this.parser.close();
    });
  }

  private attempt(step: () => void): void {
    try {
      step();
    } catch (error) {
      throw error instanceof LubartError ? error : new LubartError('import.file_broken', { cause: error });
    }
  }
}

/** Reads a whole part. */
export async function scanXml(source: AsyncIterable<Uint8Array>, events: XmlEvents): Promise<void> {
  const scanner = new XmlScanner(events);
  for await (const chunk of source) scanner.push(chunk);
  scanner.end();
}

function localName(name: string): string {
  const colon = name.indexOf(':');
  return colon < 0 ? name : name.slice(colon + 1);
}

function refuseXml(what: string): never {
  throw new LubartError('import.file_broken', { details: { what } });
}
