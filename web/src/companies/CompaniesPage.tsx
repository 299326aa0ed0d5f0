/** Being built. */
export default function CompaniesPage() {
  return null;
}
