/** Being built. */
export default function ContactsPage() {
  return null;
}
