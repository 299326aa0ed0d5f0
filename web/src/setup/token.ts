/** The secret of a one-time link travels behind #: browsers do not send that part to any server or proxy. */
export function tokenOfAddress(): string {
  return new URLSearchParams(location.hash.slice(1)).get('token') ?? '';
}
