/**
 * A text as what one radio message can carry: 140 octets (3GPP TS 23.040). What letters, digits and plain signs can say goes as the
 * default alphabet, everything else – Cyrillic above all – as UCS-2; a longer text is cut, each part with a header that says which
 * of how many it is (9.2.3.24.1).
 */

export type SmppPart = { dataCoding: number; udh: Buffer | undefined; message: Buffer };

/** Signs whose number is the same in GSM 03.38 and in ASCII; a provider takes its default alphabet for one or the other. */
const sameEverywhere = /^[A-Za-z0-9 \n\r!"#%&'()*+,\-./:;<=>?]*$/;
const ucs2 = 0x08;

/** `reference` ties the parts of one text together on the phone. */
export function cutText(text: string, reference: number): SmppPart[] {
  const narrow = sameEverywhere.test(text);
  const [whole, piece] = narrow ? [160, 153] : [70, 67];
  const dataCoding = narrow ? 0 : ucs2;
  const bytesOf = (part: string) => (narrow ? Buffer.from(part, 'ascii') : Buffer.from(part, 'utf16le').swap16());
  if (text.length <= whole) return [{ dataCoding, udh: undefined, message: bytesOf(text) }];
  const pieces = cut(text, piece);
  return pieces.map((part, at) => ({
    dataCoding,
    udh: Buffer.from([5, 0, 3, reference & 0xff, pieces.length, at + 1]),
    message: bytesOf(part),
  }));
}

function cut(text: string, length: number): string[] {
  const pieces: string[] = [];
  for (let from = 0; from < text.length;) {
    let to = Math.min(from + length, text.length);
    const last = text.charCodeAt(to - 1);
    if (to < text.length && last >= 0xd800 && last < 0xdc00) to -= 1; // half a sign is none
    pieces.push(text.slice(from, to));
    from = to;
  }
  return pieces;
}
