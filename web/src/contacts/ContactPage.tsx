/** One contact. */
import { useParams } from '@tanstack/react-router';
import { RecordPage } from '../records/RecordPage.tsx';
import { contactKind } from './kind.ts';

export default function ContactPage() {
  const { id } = useParams({ from: '/inside/contacts/$id' });
  return <RecordPage key={id} kind={contactKind} id={id} />;
}
