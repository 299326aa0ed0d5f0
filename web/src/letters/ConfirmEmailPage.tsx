/** The new address confirms. */
import { EmailLink } from './EmailLink.tsx';

export default function ConfirmEmailPage() {
  return <EmailLink purpose="confirm" />;
}
