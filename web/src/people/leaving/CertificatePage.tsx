/** The certificate: every step with its number and time, who carried it out. Made to be printed and signed. */
import { Button, Table } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { call } from '../../api/call.ts';
import { useCan } from '../../app/session.tsx';
import { useTitle } from '../../app/title.ts';
import type { LeavingCertificateView } from '../../contract.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useDates } from '../../ui/dates.ts';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { ScrollRegion } from '../../ui/ScrollRegion.tsx';
import { Failed, LoadingLines, NoRight } from '../../ui/states.tsx';
import classes from './certificate.module.css';

export default function CertificatePage() {
  const { t } = useTranslation();
  const can = useCan();
  const { id } = useParams({ strict: false });
  const query = useQuery({
    queryKey: ['leaving', id],
    queryFn: () => call('GET /api/v1/people/:id/leaving', { params: { id: id! } }),
    enabled: can('person.leave'),
  });
  useTitle(t('leaving.certificateTitle'));
  if (!can('person.leave')) return <NoRight permission="person.leave" />;
  if (query.isPending) return <LoadingLines />;
  if (query.isError) return <Failed page problem={query.error} retry={() => void query.refetch()} />;
  return <Certificate certificate={query.data} />;
}

function Certificate({ certificate }: { certificate: LeavingCertificateView }) {
  const { t } = useTranslation();
  const dates = useDates();
  const { personName, byName, at, steps, heirs } = certificate;
  return (
    <div className={`page ${classes['certificate'] ?? ''}`}>
      <PageHeader title={t('leaving.certificateTitle')} intro={personName}>
        <Button className={classes['print'] ?? ''} onClick={() => window.print()}>
          {t('leaving.print')}
        </Button>
      </PageHeader>
      <div className="panel">
        <dl className={classes['facts']}>
          <dt>{t('leaving.person')}</dt>
          <dd>{personName}</dd>
          <dt>{t('leaving.by')}</dt>
          <dd>{byName}</dd>
          <dt>{t('leaving.at')}</dt>
          <dd>{dates.exact(at)}</dd>
          <dt>{t('leaving.number')}</dt>
          <dd>{certificate.id}</dd>
        </dl>
        <ScrollRegion label={t('leaving.step')}>
          <Table aria-label={t('leaving.step')} horizontalSpacing="md">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('leaving.step')}</Table.Th>
                <Table.Th ta="right">{t('leaving.count')}</Table.Th>
                <Table.Th>{t('leaving.time')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {steps.map((step) => (
                <Table.Tr key={step.name}>
                  <Table.Td>{t(`leaving.steps.${step.name}`)}</Table.Td>
                  <Table.Td ta="right">{dates.number(step.count)}</Table.Td>
                  <Table.Td>{dates.exact(step.at)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </ScrollRegion>
        <h2 className={classes['part']}>{t('leaving.handed')}</h2>
        {heirs.length === 0 ? (
          <p className={classes['part']}>{t('leaving.nobody')}</p>
        ) : (
          <ScrollRegion label={t('leaving.handed')}>
            <Table aria-label={t('leaving.handed')} horizontalSpacing="md">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{t('leaving.person')}</Table.Th>
                  <Table.Th ta="right">{t('leaving.contacts')}</Table.Th>
                  <Table.Th ta="right">{t('leaving.companies')}</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {heirs.map((heir) => (
                  <Table.Tr key={heir.id}>
                    <Table.Td>{heir.name}</Table.Td>
                    <Table.Td ta="right">{dates.number(heir.contacts)}</Table.Td>
                    <Table.Td ta="right">{dates.number(heir.companies)}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </ScrollRegion>
        )}
        <p className={classes['signature']}>{t('leaving.signature')}</p>
      </div>
    </div>
  );
}
