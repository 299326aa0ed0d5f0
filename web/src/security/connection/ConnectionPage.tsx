/** How the connection is closed: the certificate in use and its renewal, the versions, the database, and trust of devices. */
import { Alert, Button, Group, Stack, Table } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { call } from '../../api/call.ts';
import type { ResponseOf, Routes } from '../../contract.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useDates } from '../../ui/dates.ts';
import { saveText } from '../../ui/save-text.ts';
import { Failed, LoadingLines } from '../../ui/states.tsx';
import { SecurityPage } from '../SecurityPage.tsx';

type View = ResponseOf<Routes['GET /api/v1/security/connection']>;
const daySeconds = 86_400;
const devices = ['windows', 'android', 'ios', 'linux'] as const;

export default function ConnectionPage() {
  return (
    <SecurityPage page="connection">
      <Connection />
    </SecurityPage>
  );
}

function Connection() {
  const { t } = useTranslation();
  const dates = useDates();
  const query = useQuery({
    queryKey: ['security', 'connection'],
    queryFn: () => call('GET /api/v1/security/connection', {}),
  });
  if (query.isPending) return <LoadingLines rows={6} />;
  if (query.isError) return <Failed problem={query.error} retry={() => void query.refetch()} />;
  const { way, certificate, trouble, renewal, versions, hstsSeconds, database, authority } = query.data;
  const days = hstsSeconds === null ? null : Math.floor(hstsSeconds / daySeconds);
  return (
    <Stack gap="xl">
      {trouble !== null && (
        <Alert color="brick" variant="light" icon={<IconAlertTriangle size={18} aria-hidden />} role="alert">
          <Stack gap={4}>
            <span>{t(`connection.troubles.${trouble}`)}</span>
            {renewal !== null && (
              <span>
                {t('connection.failsSince', {
                  since: dates.moment(renewal.failsSince),
                  next: dates.moment(renewal.nextTryAt),
                })}
              </span>
            )}
            <span className="quiet">{t('connection.troubleTold')}</span>
          </Stack>
        </Alert>
      )}
      <section>
        <h2>{t('connection.certificate')}</h2>
        <p>{t(`connection.ways.${way}`)}</p>
        {certificate !== null && <Certificate certificate={certificate} renewsAt={query.data.renewsAt} />}
      </section>
      <section>
        <h2>{t('connection.way')}</h2>
        <Facts label={t('connection.way')}>
          <Fact
            name={t('connection.versions')}
            value={versions.length === 0 ? t('connection.plain') : versions.join(', ').replaceAll('TLSv', '')}
          />
          <Fact
            name={t('connection.hsts')}
            value={days === null ? t('connection.hstsNone') : t('connection.hstsDays', { count: days })}
          />
          <Fact name={t('connection.database')} value={t(`connection.databases.${database}`)} />
        </Facts>
      </section>
      {authority !== null && <Trust authority={authority} />}
    </Stack>
  );
}

function Certificate({
  certificate,
  renewsAt,
}: {
  certificate: NonNullable<View['certificate']>;
  renewsAt: string | null;
}) {
  const { t } = useTranslation();
  const dates = useDates();
  const { names, issuer, until, fingerprint, chainComplete } = certificate;
  return (
    <Facts label={t('connection.certificate')}>
      <Fact name={t('connection.names')} value={names.join(', ')} />
      <Fact name={t('connection.issuer')} value={issuer} />
      <Fact name={t('connection.until')} value={dates.moment(until)} />
      <Fact name={t('connection.renews')} value={renewsAt === null ? t('connection.byHand') : dates.day(renewsAt)} />
      <Fact
        name={t('connection.chain')}
        value={t(chainComplete ? 'connection.chainWhole' : 'connection.chainBroken')}
      />
      <Fact name={t('connection.fingerprint')} value={<code>{fingerprint}</code>} />
    </Facts>
  );
}

function Trust({ authority }: { authority: NonNullable<View['authority']> }) {
  const { t } = useTranslation();
  return (
    <section>
      <h2>{t('connection.authority')}</h2>
      <p>{t('connection.authorityText')}</p>
      <p style={{ overflowWrap: 'anywhere' }}>
        <code>{authority.fingerprint}</code>
      </p>
      <Group>
        <Button variant="default" onClick={() => saveText('lubart-ca.crt', authority.pem)}>
          {t('connection.download')}
        </Button>
      </Group>
      {devices.map((device) => (
        <section key={device}>
          <h3>{t(`connection.devices.${device}`)}</h3>
          <p>{t(`connection.steps.${device}`)}</p>
        </section>
      ))}
    </section>
  );
}

function Facts({ label, children }: { label: string; children: ReactNode }) {
  return (
    <Table aria-label={label} verticalSpacing={8}>
      <Table.Tbody>{children}</Table.Tbody>
    </Table>
  );
}

function Fact({ name, value }: { name: string; value: ReactNode }) {
  return (
    <Table.Tr>
      <Table.Th scope="row" style={{ width: '38%', verticalAlign: 'top' }}>
        {name}
      </Table.Th>
      <Table.Td style={{ overflowWrap: 'anywhere' }}>{value}</Table.Td>
    </Table.Tr>
  );
}
