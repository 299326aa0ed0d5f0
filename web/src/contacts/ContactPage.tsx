/** Being built. */
export default function ContactPage() {
  return null;
}
