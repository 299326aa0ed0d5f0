/** Who was erased for good, and the certificates. Of the erased nothing is here but an id. */
import { Button, Table, VisuallyHidden } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import { useCertificate } from '../../erasure/certificate.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useDates } from '../../ui/dates.ts';
import { saveText } from '../../ui/save-text.ts';
import { ScrollRegion } from '../../ui/ScrollRegion.tsx';
import { Failed, LoadingLines, State } from '../../ui/states.tsx';
import { SecurityPage } from '../SecurityPage.tsx';

export default function ErasuresPage() {
  return (
    <SecurityPage page="erasures">
      <Erased />
    </SecurityPage>
  );
}

function Erased() {
  const { t } = useTranslation();
  const dates = useDates();
  const certificate = useCertificate();
  const query = useQuery({ queryKey: ['security', 'erasures'], queryFn: () => call('GET /api/v1/erasures', {}) });
  if (query.isPending) return <LoadingLines rows={5} />;
  if (query.isError) return <Failed problem={query.error} retry={() => void query.refetch()} />;
  const { erasures } = query.data;
  if (erasures.length === 0)
    return <State drawing="empty" title={t('erasure.nobodyTitle')} text={t('erasure.nobodyText')} />;
  return (
    <ScrollRegion label={t('erasure.list')}>
      <Table aria-label={t('erasure.list')} verticalSpacing={8}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('erasure.when')}</Table.Th>
            <Table.Th>{t('erasure.what')}</Table.Th>
            <Table.Th>{t('erasure.who')}</Table.Th>
            <Table.Th>{t('erasure.why')}</Table.Th>
            <Table.Th>
              <VisuallyHidden>{t('erasure.save')}</VisuallyHidden>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {erasures.map((one) => (
            <Table.Tr key={one.id}>
              <Table.Td style={{ whiteSpace: 'nowrap' }}>{dates.moment(one.erasedAt)}</Table.Td>
              <Table.Td>
                {t(one.kind === 'contact' ? 'contacts.one' : 'companies.one')} <code>{one.recordId.slice(-12)}</code>
              </Table.Td>
              <Table.Td>{one.person?.name ?? 'Lubart'}</Table.Td>
              <Table.Td>{t(`erasure.reasons.${one.reason}`)}</Table.Td>
              <Table.Td ta="right">
                <Button
                  variant="default"
                  size="compact-sm"
                  onClick={() => saveText(`erasure-${one.id}.txt`, certificate(one))}
                >
                  {t('erasure.save')}
                </Button>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollRegion>
  );
}
