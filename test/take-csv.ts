/** An export as people take it: prepared for a key that the test holds, fetched once, opened. */
import { openAged, recipient } from '../server/crm/exports/exports.fixture.ts';
import type { Client } from './client.ts';

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
