/** Being built. */
export default function CompanyNewPage() {
  return null;
}
