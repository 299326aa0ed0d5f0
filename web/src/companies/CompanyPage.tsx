/** Being built. */
export default function CompanyPage() {
  return null;
}
