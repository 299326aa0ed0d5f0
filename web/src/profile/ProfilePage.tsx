/** Being built. */
export default function ProfilePage() {
  return null;
}
