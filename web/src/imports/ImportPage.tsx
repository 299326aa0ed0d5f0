/** Being built. */
export default function ImportPage() {
  return null;
}
