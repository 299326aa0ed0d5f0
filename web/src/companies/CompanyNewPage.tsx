/** A new company. */
import { RecordNew } from '../records/RecordNew.tsx';
import { companyKind } from './kind.ts';

export default function CompanyNewPage() {
  return <RecordNew kind={companyKind} />;
}
