/** Being built. */
export default function ContactNewPage() {
  return null;
}
