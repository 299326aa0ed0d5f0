/**
 * The three ways a file leaves. What is kept between its making and its fetching is already closed under the password or for the
 * recipient; only a plain file is not, and all of them lie sealed under the export’s own key besides.
 */
import type { ExportFormat, ExportProtection } from '#contract';
import type { OfficeKey } from '#protections/encryption';
import {
  closeOfficeFile,
  encrypterFor,
  encryptPackage,
  makeFilePassword,
  newOfficeKey,
  readAgeRecipients,
  sealWithAge,
} from '#protections/encryption';
import { LubartError } from '#kernel';

export type AskedProtection = {
  format: ExportFormat;
  protection: ExportProtection;
  recipient?: string | undefined;
  reason?: string | undefined;
};

/** What happens to the bytes of the table: `close` while they are made, `finish` when all are there. */
export type Protection = {
  /** Told once, to whoever asked. */
  password: string | null;
  close(bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
  /** Puts what was kept into the form in which it is sent; undefined: it has it already. */
  finish?(kept: () => AsyncIterable<Uint8Array>, keptBytes: number): AsyncIterable<Uint8Array>;
};

const reasonCharsMin = 5;

/** @throws export.password_needs_xlsx, export.recipient_invalid, export.reason_needed */
export async function protectionOf(asked: AskedProtection): Promise<Protection> {
  switch (asked.protection) {
    case 'password':
      if (asked.format !== 'xlsx') throw new LubartError('export.password_needs_xlsx', { field: 'format' });
      return underPassword(newOfficeKey(), makeFilePassword());
    case 'age': {
      const recipients = readAgeRecipients(asked.recipient ?? '');
      await encrypterFor(recipients);
      return { password: null, close: (bytes) => sealWithAge(recipients, bytes) };
    }
    case 'plain':
      if ((asked.reason ?? '').trim().length < reasonCharsMin)
        throw new LubartError('export.reason_needed', { field: 'reason' });
      return { password: null, close: (bytes) => bytes };
  }
}

function underPassword(key: OfficeKey, password: string): Protection {
  let size = 0;
  return {
    password,
    close: (bytes) => encryptPackage(key, bytes, (length) => (size = length)),
    finish: (encrypted, encryptedBytes) => closeOfficeFile(key, password, { size, encryptedBytes, encrypted }),
  };
}

/** The name under which it is saved, and what it is. Nothing personal: names of files are seen by many. */
export function fileOf(
  { format, protection }: Pick<AskedProtection, 'format' | 'protection'>,
  table: string,
  day: string,
): { fileName: string; contentType: string } {
  const fileName = `${table}-${day}.${format}${protection === 'age' ? '.age' : ''}`;
  if (protection === 'age') return { fileName, contentType: 'application/octet-stream' };
  return {
    fileName,
    contentType:
      format === 'csv'
        ? 'text/csv; charset=utf-8'
        : 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  };
}
