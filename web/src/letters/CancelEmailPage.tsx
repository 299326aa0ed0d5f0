/** The old address cancels. */
import { EmailLink } from './EmailLink.tsx';

export default function CancelEmailPage() {
  return <EmailLink purpose="cancel" />;
}
