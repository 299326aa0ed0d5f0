/** The keys the data is sealed by: how old they are, replacing them, and what that proved. No key is ever shown, only its mark. */
import { Badge, Button, Group, Progress, Table } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { useCan } from '../../app/session.tsx';
import type { ResponseOf, Routes } from '../../contract.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useDates } from '../../ui/dates.ts';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { ScrollRegion } from '../../ui/ScrollRegion.tsx';
import { Failed, LoadingLines } from '../../ui/states.tsx';
import { SecurityPage } from '../SecurityPage.tsx';

type Keys = ResponseOf<Routes['GET /api/v1/security/keys']>;
type Kind = Keys['rotations'][number]['kind'];
const kinds: readonly Kind[] = ['root', 'organization', 'index'];
const queryKey = ['security', 'keys'];
const day = 86_400_000;

export default function KeysPage() {
  return (
    <SecurityPage page="keys">
      <AllKeys />
    </SecurityPage>
  );
}

function AllKeys() {
  const { t } = useTranslation();
  const query = useQuery({
    queryKey,
    queryFn: () => call('GET /api/v1/security/keys', {}),
    // While something is being replaced people watch it.
    refetchInterval: ({ state }) =>
      state.data?.rotations.some(({ finishedAt, pausedAt }) => finishedAt === null && pausedAt === null)
        ? 2_000
        : false,
  });
  if (query.isPending) return <LoadingLines rows={5} />;
  if (query.isError) return <Failed problem={query.error} retry={() => void query.refetch()} />;
  const past = query.data.rotations.filter(({ finishedAt }) => finishedAt !== null);
  return (
    <>
      {kinds.map((kind) => (
        <OneKey key={kind} kind={kind} keys={query.data} />
      ))}
      {past.length > 0 && <Past rows={past} />}
      <p className="quiet">{t('keys.copyText')}</p>
    </>
  );
}

function OneKey({ kind, keys }: { kind: Kind; keys: Keys }) {
  const { t } = useTranslation();
  const dates = useDates();
  const can = useCan();
  const client = useQueryClient();
  const act = useMutation({
    mutationFn: (what: 'rotate' | 'pause' | 'resume') =>
      call(`POST /api/v1/security/keys/:kind/${what}`, { params: { kind } }),
    onSuccess: (view) => client.setQueryData(queryKey, view),
  });
  const current = keys.keys.find((key) => key.kind === kind && key.currentAt !== null && key.retiredAt === null);
  const { name, since } =
    kind === 'root' ? keys.root : { name: current?.name ?? '', since: current?.createdAt ?? keys.root.since };
  const kept = keys.keys.filter((key) => key.kind === kind && key.retiredAt !== null && key.destroyedAt === null);
  const running = keys.rotations.find((row) => row.kind === kind && row.finishedAt === null);
  const [now] = useState(() => Date.now());
  const days = Math.max(0, Math.floor((now - Date.parse(since)) / day));
  return (
    <section aria-label={t(`keys.kinds.${kind}`)}>
      <h2>{t(`keys.kinds.${kind}`)}</h2>
      <p className="quiet">{t(`keys.texts.${kind}`)}</p>
      <Group gap="xs">
        <Badge color={days > 365 ? 'brick' : 'gray'} variant="light" tt="none">
          {t('keys.age', { count: days, shown: dates.number(days) })}
        </Badge>
        <span>{t('keys.since', { day: dates.day(since) })}</span>
        <code>{name}</code>
      </Group>
      {kind === 'root' && <p>{t(`keys.keepers.${keys.root.keeper}`)}</p>}
      {kind === 'organization' && kept.length > 0 && <p className="quiet">{t('keys.kept', { count: kept.length })}</p>}
      {running !== undefined && (
        <>
          <p>
            {running.pausedAt === null ? t('keys.running') : t('keys.paused')}{' '}
            {t('keys.progress', { done: dates.number(running.done), total: dates.number(running.total) })}
          </p>
          <Progress
            aria-label={t('keys.progressOf', { key: t(`keys.kinds.${kind}`) })}
            value={running.total === 0 ? 0 : (100 * running.done) / running.total}
          />
        </>
      )}
      <ProblemAlert problem={act.error} />
      {can('security.update') && (
        <Group mt="sm">
          {running === undefined ? (
            <Button variant="default" loading={act.isPending} onClick={() => act.mutate('rotate')}>
              {t('keys.replace')}
            </Button>
          ) : (
            <Button
              variant="default"
              loading={act.isPending}
              onClick={() => act.mutate(running.pausedAt === null ? 'pause' : 'resume')}
            >
              {running.pausedAt === null ? t('keys.pause') : t('keys.resume')}
            </Button>
          )}
        </Group>
      )}
    </section>
  );
}

function Past({ rows }: { rows: Keys['rotations'] }) {
  const { t } = useTranslation();
  const dates = useDates();
  return (
    <section>
      <h2>{t('keys.past')}</h2>
      <ScrollRegion label={t('keys.past')}>
        <Table aria-label={t('keys.past')} verticalSpacing={8}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('keys.key')}</Table.Th>
              <Table.Th>{t('keys.finished')}</Table.Th>
              <Table.Th ta="right">{t('keys.done')}</Table.Th>
              <Table.Th ta="right">{t('keys.left')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row) => (
              <Table.Tr key={`${row.kind}${row.startedAt}`}>
                <Table.Td>{t(`keys.kinds.${row.kind}`)}</Table.Td>
                <Table.Td style={{ whiteSpace: 'nowrap' }}>{dates.moment(row.finishedAt)}</Table.Td>
                <Table.Td ta="right">{dates.number(row.done)}</Table.Td>
                <Table.Td ta="right">{row.remaining === null ? '' : dates.number(row.remaining)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollRegion>
    </section>
  );
}
