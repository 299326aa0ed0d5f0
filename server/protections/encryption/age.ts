/**
 * Files for the holder of an age key (C2SP age-encryption.org/v1): whoever prepares one cannot open it any more. The library is the
 * author’s own; it is loaded when the first such file is made.
 */
import { LubartError } from '#kernel';

/** One recipient a line, as `age-keygen -y` prints it (age1…). Nothing else: a passphrase or a plugin name has no place here. */
export function readAgeRecipients(text: string): string[] {
  const lines = text.split(/[\s,;]+/).filter((line) => line !== '');
  const well = lines.length > 0 && lines.length <= 10 && lines.every((line) => /^age1[a-z0-9]{20,4000}$/.test(line));
  if (!well) throw new LubartError('export.recipient_invalid', { field: 'recipient' });
  return lines;
}

/** The bytes as an age file. @throws export.recipient_invalid when a recipient’s checksum is wrong */
export async function* sealWithAge(
  recipients: readonly string[],
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const encrypter = await encrypterFor(recipients);
  yield* await encrypter.encrypt(ReadableStream.from<Uint8Array>(bytes));
}

/** Says now, and not when the file is half made, whether these are recipients. @throws export.recipient_invalid */
export async function encrypterFor(recipients: readonly string[]) {
  const { Encrypter } = await import('age-encryption');
  const encrypter = new Encrypter();
  try {
    for (const recipient of recipients) encrypter.addRecipient(recipient);
  } catch (cause) {
    throw new LubartError('export.recipient_invalid', { field: 'recipient', cause });
  }
  return encrypter;
}
