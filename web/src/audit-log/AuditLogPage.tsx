/** Being built. */
export default function AuditLogPage() {
  return null;
}
