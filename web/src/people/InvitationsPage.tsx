/** Being built. */
export default function InvitationsPage() {
  return null;
}
