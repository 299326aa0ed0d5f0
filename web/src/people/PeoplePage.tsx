/** Being built. */
export default function PeoplePage() {
  return null;
}
