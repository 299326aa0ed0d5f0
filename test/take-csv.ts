/** An export as people take it: prepared for a key that the test holds, fetched once, opened. */
import { Decrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import type { Client } from './client.ts';

const identity = await generateX25519Identity();
/** Files for it are opened by `openAged`. */
export const recipient = await identityToRecipient(identity);

export async function openAged(bytes: Uint8Array): Promise<string> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  return decrypter.decrypt(bytes, 'text');
}

export async function takeCsv(
  client: Client,
  key: 'POST /api/v1/contacts/export' | 'POST /api/v1/companies/export' = 'POST /api/v1/contacts/export',
  filters: object = {},
): Promise<{ status: number; text: string }> {
  const made = await client.call(key, { body: { format: 'csv', protection: 'age', recipient, filters } });
  if (made.status !== 200) return { status: made.status, text: JSON.stringify(made.body) };
  const file = await client.bytes('GET /api/v1/exports/:id/file', { params: { id: made.body.export.id } });
  return { status: file.status, text: await openAged(file.bytes) };
}
