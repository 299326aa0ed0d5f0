/**
 * A letter is plain text; the HTML beside it is made from that text and from nothing else, so no name and no title can bring
 * markup along. Only addresses of our own are links.
 */

/** What a person typed (a name, a company), on its way into a sentence of a letter: short, on one line, linking nowhere. */
export function quoted(typed: string): string {
  const line = typed
    .normalize('NFC')
    .replace(/[\s\p{Cc}\u202A-\u202E\u2066-\u2069]+/gu, ' ')
    .trim();
  const short = [...line].length > nameLengthMax ? `${[...line].slice(0, nameLengthMax).join('')}…` : line;
  return unlinked(short);
}

const nameLengthMax = 80;
/** Unseen and without width; mail programs that turn “firm.example” into a link no longer do (Unicode, WORD JOINER). */
const joiner = '\u2060';

// Attack: somebody joins as “Вигадана Фірма: https://pastka.example”, and our letter carries the trap.
const unlinked = (text: string) => text.replace(/(?<=\S)[.:@](?=\S)|\/+/g, (sign) => `${sign}${joiner}`);

/** The text with every address that is not our own made harmless. */
export function withOwnLinksOnly(text: string, origin: string): string {
  return text.replace(/\b[a-z][a-z0-9+.-]*:\/\/\S*/gi, (address) =>
    isOwn(address, origin) ? address : unlinked(address),
  );
}

const isOwn = (address: string, origin: string) =>
  URL.canParse(address) && new URL(address).origin === origin && address.startsWith(`${origin}/`);

/** Paragraphs are parted by an empty line; a paragraph that is an address of ours becomes a link. */
export function toHtml(text: string, origin: string): string {
  const paragraphs = text.split(/\n{2,}/).map((paragraph) => {
    const plain = escape(paragraph.trim());
    if (!isOwn(paragraph.trim(), origin)) return `<p>${plain.replaceAll('\n', '<br>')}</p>`;
    return `<p><a href="${plain}">${plain}</a></p>`;
  });
  const style = 'font-family:sans-serif;font-size:16px;line-height:1.5;max-width:36em';
  return `<!doctype html><html><meta charset="utf-8"><body style="${style}">${paragraphs.join('\n')}</body></html>`;
}

const signs: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escape = (text: string) => text.replace(/[&<>"']/g, (sign) => signs[sign]!);
