/** All imports, newest first. */
import { Table } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { importsQuery } from '../api/queries.ts';
import { AnchorLink, ButtonLink } from '../app/links.tsx';
import { useCan } from '../app/session.tsx';
import { useTitle } from '../app/title.ts';
import { useTranslation } from '../i18n/index.ts';
import { useLookups } from '../records/lookups.tsx';
import { useDates } from '../ui/dates.ts';
import { PageHeader } from '../ui/PageHeader.tsx';
import { ScrollRegion } from '../ui/ScrollRegion.tsx';
import { Failed, LoadingLines, NoRight, State } from '../ui/states.tsx';

const moving = new Set(['running', 'reverting']);

export default function ImportsPage() {
  const { t } = useTranslation();
  const can = useCan();
  useTitle(t('imports.title'));
  if (!can('contact.import')) return <NoRight permission="contact.import" />;
  return <Imports />;
}

function Imports() {
  const { t } = useTranslation();
  const dates = useDates();
  const lookups = useLookups();
  const query = useQuery({
    ...importsQuery,
    refetchInterval: ({ state }) => (state.data?.some((one) => moving.has(one.state)) === true ? 2000 : false),
  });
  const create = (
    <ButtonLink to="/imports/new" leftSection={<IconPlus size={16} aria-hidden />}>
      {t('imports.create')}
    </ButtonLink>
  );
  const body = () => {
    if (query.isPending) return <LoadingLines />;
    if (query.isError) return <Failed problem={query.error} retry={() => void query.refetch()} />;
    if (query.data.length === 0) {
      return (
        <State drawing="empty" title={t('imports.emptyTitle')} text={t('imports.emptyText')}>
          {create}
        </State>
      );
    }
    return (
      <ScrollRegion label={t('imports.table')}>
        <Table aria-label={t('imports.table')} miw={720} verticalSpacing="sm" horizontalSpacing="md" highlightOnHover>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('imports.file')}</Table.Th>
              <Table.Th>{t('imports.kind')}</Table.Th>
              <Table.Th>{t('imports.state')}</Table.Th>
              <Table.Th>{t('imports.rows')}</Table.Th>
              <Table.Th>{t('imports.who')}</Table.Th>
              <Table.Th>{t('imports.when')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {query.data.map((one) => (
              <Table.Tr key={one.id}>
                <Table.Td>
                  <AnchorLink to="/imports/$id" params={{ id: one.id }}>
                    {one.fileName}
                  </AnchorLink>
                </Table.Td>
                <Table.Td>{t(`imports.kinds.${one.kind}`)}</Table.Td>
                <Table.Td>
                  {t(`imports.states.${one.state}`)}
                  {moving.has(one.state) && ` · ${Math.round(one.progress * 100)} %`}
                </Table.Td>
                <Table.Td>{dates.number(one.rowsRead)}</Table.Td>
                <Table.Td>{lookups.personName(one.personId)}</Table.Td>
                <Table.Td>{dates.moment(one.createdAt)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollRegion>
    );
  };
  return (
    <div className="page">
      <PageHeader title={t('imports.title')} intro={t('imports.intro')}>
        {query.data?.length !== 0 && create}
      </PageHeader>
      <div className="panel">{body()}</div>
    </div>
  );
}
