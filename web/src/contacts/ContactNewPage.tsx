/** A new contact; perhaps of a company that is given. */
import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { call } from '../api/call.ts';
import { RecordNew } from '../records/RecordNew.tsx';
import { LoadingLines } from '../ui/states.tsx';
import { contactKind } from './kind.ts';

export default function ContactNewPage() {
  const { companyId } = useSearch({ from: '/inside/contacts/new' });
  const company = useQuery({
    queryKey: ['companies', 'one', companyId],
    queryFn: () => call('GET /api/v1/companies/:id', { params: { id: companyId ?? '' } }),
    enabled: companyId !== undefined,
  });
  if (companyId === undefined) return <RecordNew kind={contactKind} />;
  if (company.isPending)
    return (
      <div className="page">
        <LoadingLines />
      </div>
    );
  return (
    <RecordNew
      kind={contactKind}
      start={company.data === undefined ? {} : { companyId, companyName: company.data.name }}
    />
  );
}
