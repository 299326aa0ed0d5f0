/** The address of a client’s page, as it is copied from the browser. */
const pageOfClient = /(contacts|companies)\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/;

export function readClientAddress(address: string): { kind: 'contact' | 'company'; recordId: string } | null {
  const [, plural, recordId] = pageOfClient.exec(address) ?? [];
  return recordId === undefined ? null : { kind: plural === 'contacts' ? 'contact' : 'company', recordId };
}
