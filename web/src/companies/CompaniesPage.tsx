/** The list of companies. */
import { useSearch } from '@tanstack/react-router';
import { RecordList } from '../records/RecordList.tsx';
import { companyKind } from './kind.ts';

export default function CompaniesPage() {
  return <RecordList kind={companyKind} search={useSearch({ from: '/inside/companies' })} />;
}
