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
  !/\s/.test(address) &&
  URL.canParse(address) &&
  new URL(address).origin === origin &&
  address.startsWith(`${origin}/`);

/**
 * Paragraphs are parted by an empty line; a paragraph that is an address of ours becomes a link, and shows where it leads. What
 * stands below a dash is the small print. All style stands at the element: mail programs drop the rest.
 */
export function toHtml(text: string, origin: string): string {
  const paragraphs = text.split(/\n{2,}/).map((paragraph) => toParagraph(paragraph.trim(), origin));
  const head =
    '<!doctype html><html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"></head>';
  return `${head}<body style="${page}"><div style="${sheet}"><p style="${brand}">Lubart</p>${paragraphs.join('\n')}</div></body></html>`;
}

function toParagraph(paragraph: string, origin: string): string {
  const plain = escape(paragraph).replaceAll('\n', '<br>');
  if (isOwn(paragraph, origin)) return `<p style="${frame}"><a href="${plain}" style="${link}">${plain}</a></p>`;
  if (paragraph.startsWith('—\n')) return `<p style="${small}">${plain.replace('—<br>', '')}</p>`;
  return `<p style="margin:0 0 16px">${plain}</p>`;
}

const page = 'margin:0;padding:24px 12px;background:#f8f7f5;font-family:sans-serif;font-size:16px;line-height:1.5';
const sheet =
  'max-width:560px;margin:0 auto;padding:24px;background:#fff;color:#1f2421;border:1px solid #e5e2dc;border-radius:8px';
const brand = 'margin:0 0 20px;padding:0 0 12px;border-bottom:2px solid #1c6b55;color:#134637;font-weight:bold';
const frame = 'margin:0 0 16px;padding:12px 14px;background:#eef5f2;border-radius:6px';
const link = 'color:#134637;font-weight:bold;word-break:break-all';
const small = 'margin:24px 0 0;padding:12px 0 0;border-top:1px solid #e5e2dc;color:#5c625e;font-size:13px';

const signs: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escape = (text: string) => text.replace(/[&<>"']/g, (sign) => signs[sign]!);
