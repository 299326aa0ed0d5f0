/** All investigations, the newest first. */
import { Button, NativeSelect, Table } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { AnchorLink } from '../../app/links.tsx';
import { useCan } from '../../app/session.tsx';
import { useTitle } from '../../app/title.ts';
import type { InvestigationView } from '../../contract.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useDates } from '../../ui/dates.ts';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { ScrollRegion } from '../../ui/ScrollRegion.tsx';
import { Failed, LoadingLines, NoRight, State } from '../../ui/states.tsx';
import classes from './investigations.module.css';
import InvestigationDialog from './InvestigationDialog.tsx';
import { investigationsKey } from './queries.ts';

export default function InvestigationsPage() {
  const { t } = useTranslation();
  const can = useCan();
  useTitle(t('investigations.title'));
  if (!can('audit.read')) return <NoRight permission="audit.read" />;
  return <Investigations />;
}

const shown = ['all', 'open', 'closed'] as const;
type Shown = (typeof shown)[number];

function Investigations() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [state, setState] = useState<Shown>('all');
  const [opening, setOpening] = useState(false);
  const query = useInfiniteQuery({
    queryKey: [...investigationsKey, 'list', state],
    queryFn: ({ pageParam }) =>
      call('GET /api/v1/investigations', {
        query: { ...(state !== 'all' && { state }), ...(pageParam !== '' && { cursor: pageParam }) },
      }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
    staleTime: 0,
  });
  const open = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} aria-haspopup="dialog" onClick={() => setOpening(true)}>
      {t('investigations.open')}
    </Button>
  );
  const body = () => {
    if (query.isPending) return <LoadingLines rows={6} />;
    if (query.isError) return <Failed problem={query.error} retry={() => void query.refetch()} />;
    const rows = query.data.pages.flatMap((page) => page.rows);
    if (rows.length === 0)
      return <State drawing="empty" title={t('investigations.emptyTitle')} text={t('investigations.emptyText')} />;
    return (
      <>
        <List rows={rows} />
        {query.hasNextPage && (
          <Button
            m="md"
            variant="default"
            loading={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            {t('investigations.more')}
          </Button>
        )}
      </>
    );
  };
  return (
    <div className="page">
      <PageHeader
        title={t('investigations.title')}
        intro={t('investigations.intro')}
        above={
          <AnchorLink to="/audit-log" size="sm">
            ← {t('investigations.toLog')}
          </AnchorLink>
        }
      >
        {open}
      </PageHeader>
      <NativeSelect
        mb="md"
        maw={220}
        label={t('investigations.state')}
        value={state}
        data={shown.map((one) => ({ value: one, label: t(`investigations.states.${one}`) }))}
        onChange={(event) => setState(event.currentTarget.value as Shown)}
      />
      <div className="panel">{body()}</div>
      {opening && (
        <InvestigationDialog
          onClose={() => setOpening(false)}
          onDone={({ id }) => void navigate({ to: '/audit-log/investigations/$id', params: { id } })}
        />
      )}
    </div>
  );
}

function List({ rows }: { rows: readonly InvestigationView[] }) {
  const { t } = useTranslation();
  const dates = useDates();
  const narrow = useMediaQuery('(max-width: 48em)', matchMedia('(max-width: 48em)').matches) ?? false;
  const stateOf = ({ closedAt }: InvestigationView) =>
    t(closedAt === null ? 'investigations.stateOf.open' : 'investigations.stateOf.closed');
  if (narrow)
    return (
      <ul className={classes['cards']}>
        {rows.map((one) => (
          <li key={one.id}>
            <AnchorLink to="/audit-log/investigations/$id" params={{ id: one.id }}>
              {one.name}
            </AnchorLink>
            <span className="quiet">
              {stateOf(one)} · {t('investigations.marksCount', { count: one.marks })} · {one.openedBy.name} ·{' '}
              {dates.day(one.openedAt)}
            </span>
          </li>
        ))}
      </ul>
    );
  return (
    <ScrollRegion label={t('investigations.title')}>
      <Table
        aria-label={t('investigations.title')}
        miw={640}
        verticalSpacing="sm"
        horizontalSpacing="md"
        highlightOnHover
      >
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('investigations.name')}</Table.Th>
            <Table.Th>{t('investigations.stateColumn')}</Table.Th>
            <Table.Th ta="right">{t('investigations.marksColumn')}</Table.Th>
            <Table.Th>{t('investigations.by')}</Table.Th>
            <Table.Th>{t('investigations.when')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((one) => (
            <Table.Tr key={one.id}>
              <Table.Td>
                <AnchorLink to="/audit-log/investigations/$id" params={{ id: one.id }}>
                  {one.name}
                </AnchorLink>
              </Table.Td>
              <Table.Td>{stateOf(one)}</Table.Td>
              <Table.Td ta="right">{dates.number(one.marks)}</Table.Td>
              <Table.Td>{one.openedBy.name}</Table.Td>
              <Table.Td>{dates.moment(one.openedAt)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollRegion>
  );
}
