/** Being built. */
export default function ImportNewPage() {
  return null;
}
