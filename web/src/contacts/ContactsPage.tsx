/** The list of contacts. */
import { useSearch } from '@tanstack/react-router';
import { RecordList } from '../records/RecordList.tsx';
import { contactKind } from './kind.ts';

export default function ContactsPage() {
  return <RecordList kind={contactKind} search={useSearch({ from: '/inside/contacts' })} />;
}
