/** What left in the last month, by whom and how protected, and how much may leave. */
import { Table } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import type { ExportViewValue } from '../../contract.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useDates } from '../../ui/dates.ts';
import { ScrollRegion } from '../../ui/ScrollRegion.tsx';
import { Failed, LoadingLines, State } from '../../ui/states.tsx';
import { SecurityPage } from '../SecurityPage.tsx';
import { ExportLimitsForm } from './ExportLimitsForm.tsx';

export default function ExportsPage() {
  return (
    <SecurityPage page="exports">
      <Exported />
    </SecurityPage>
  );
}

function Exported() {
  const { t } = useTranslation();
  const query = useQuery({
    queryKey: ['security', 'exports'],
    queryFn: () => call('GET /api/v1/security/exports', {}),
  });
  if (query.isPending) return <LoadingLines rows={5} />;
  if (query.isError) return <Failed problem={query.error} retry={() => void query.refetch()} />;
  const { exports, rules, version } = query.data;
  return (
    <>
      <ExportLimitsForm key={version} rules={rules} version={version} />
      {exports.length === 0 ? (
        <State drawing="empty" title={t('exports.noneTitle')} text={t('exports.noneText')} />
      ) : (
        <ExportTable exports={exports} />
      )}
    </>
  );
}

function ExportTable({ exports }: { exports: ExportViewValue[] }) {
  const { t } = useTranslation();
  const dates = useDates();
  return (
    <section>
      <h2>{t('exports.listTitle')}</h2>
      <ScrollRegion label={t('exports.listTitle')}>
        <Table aria-label={t('exports.listTitle')} verticalSpacing={8}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('exports.when')}</Table.Th>
              <Table.Th>{t('exports.who')}</Table.Th>
              <Table.Th>{t('exports.what')}</Table.Th>
              <Table.Th ta="right">{t('exports.rows')}</Table.Th>
              <Table.Th>{t('exports.how')}</Table.Th>
              <Table.Th>{t('exports.state')}</Table.Th>
              <Table.Th>{t('exports.mark')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {exports.map((one) => (
              <Table.Tr key={one.id}>
                <Table.Td style={{ whiteSpace: 'nowrap' }}>{dates.moment(one.createdAt)}</Table.Td>
                <Table.Td>{one.person.name}</Table.Td>
                <Table.Td>{one.fileName}</Table.Td>
                <Table.Td ta="right">{dates.number(one.rows)}</Table.Td>
                <Table.Td>
                  {one.protection === 'plain' ? (
                    <strong>{t('exports.protections.plain')}</strong>
                  ) : (
                    t(`exports.protections.${one.protection}`)
                  )}
                  {one.reason !== null && <div className="quiet">{one.reason}</div>}
                </Table.Td>
                <Table.Td>{t(`exports.states.${one.state}`)}</Table.Td>
                <Table.Td>
                  <code>{one.mark}</code>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollRegion>
    </section>
  );
}
