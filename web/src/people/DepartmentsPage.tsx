/** Being built. */
export default function DepartmentsPage() {
  return null;
}
