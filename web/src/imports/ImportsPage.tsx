/** Being built. */
export default function ImportsPage() {
  return null;
}
