/** Other places outside where heads of the log are kept: which, since when, and what went wrong. */
import { Badge, Button, Group, Table } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import type { AnchorView } from '../../contract.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useDates } from '../../ui/dates.ts';
import { Confirm } from '../../ui/Dialog.tsx';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { ScrollRegion } from '../../ui/ScrollRegion.tsx';
import { Failed, LoadingLines, State } from '../../ui/states.tsx';
import { AddAnchor } from './AddAnchor.tsx';
import { anchorsKey, kindWords, problemWords, saveKept, witnessesKey } from './anchor-words.ts';

export function Anchors({ mayChange }: { mayChange: boolean }) {
  const { t } = useTranslation();
  const query = useQuery({
    queryKey: anchorsKey,
    queryFn: () => call('GET /api/v1/security/anchors', {}),
    refetchInterval: 60_000,
  });
  return (
    <section>
      <h2>{t('anchors.title')}</h2>
      <p className="quiet">{t('anchors.text')}</p>
      {query.isPending && <LoadingLines rows={3} />}
      {query.isError && <Failed problem={query.error} retry={() => void query.refetch()} />}
      {query.data?.anchors.length === 0 && (
        <State drawing="empty" title={t('anchors.noneTitle')} text={t('anchors.noneText')} />
      )}
      {query.data !== undefined && query.data.anchors.length > 0 && (
        <AnchorTable anchors={query.data.anchors} mayChange={mayChange} />
      )}
      {mayChange && query.data !== undefined && <AddAnchor letters={query.data.letters} />}
    </section>
  );
}

function AnchorTable({ anchors, mayChange }: { anchors: readonly AnchorView[]; mayChange: boolean }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [leaving, setLeaving] = useState<AnchorView | null>(null);
  const refresh = async () => {
    await client.invalidateQueries({ queryKey: anchorsKey });
    await client.invalidateQueries({ queryKey: witnessesKey });
  };
  const send = useMutation({
    mutationFn: (id: string) => call('POST /api/v1/security/anchors/:id/try', { params: { id } }),
    onSuccess: refresh,
  });
  const remove = useMutation({
    mutationFn: (id: string) => call('DELETE /api/v1/security/anchors/:id', { params: { id } }),
    onSuccess: async () => {
      setLeaving(null);
      await refresh();
    },
  });
  const save = useMutation({ mutationFn: saveKept });
  return (
    <>
      <ProblemAlert problem={send.error ?? save.error} />
      <ScrollRegion label={t('anchors.title')}>
        <Table aria-label={t('anchors.title')} verticalSpacing={8}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('anchors.where')}</Table.Th>
              <Table.Th>{t('anchors.last')}</Table.Th>
              <Table.Th>{t('anchors.state')}</Table.Th>
              <Table.Th>{t('anchors.acts')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {anchors.map((one) => (
              <Table.Tr key={one.id}>
                <Table.Td style={{ overflowWrap: 'anywhere', minWidth: 180 }}>
                  {t(kindWords[one.kind])}
                  <div className="quiet">{one.name}</div>
                </Table.Td>
                <LastKept one={one} />
                <AnchorState one={one} />
                <Table.Td>
                  <Group gap="xs" wrap="nowrap">
                    {mayChange && (
                      <Button
                        size="compact-sm"
                        variant="default"
                        loading={send.isPending && send.variables === one.id}
                        onClick={() => send.mutate(one.id)}
                      >
                        {t('anchors.send')}
                      </Button>
                    )}
                    {one.anchoredAt !== null && (
                      <Button size="compact-sm" variant="subtle" onClick={() => save.mutate(one)}>
                        {t(one.kind === 'stamp' ? 'anchors.saveStamp' : 'anchors.saveHead')}
                      </Button>
                    )}
                    {mayChange && (
                      <Button size="compact-sm" variant="subtle" color="red" onClick={() => setLeaving(one)}>
                        {t('anchors.remove')}
                      </Button>
                    )}
                  </Group>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollRegion>
      {leaving !== null && (
        <Confirm
          title={t('anchors.removeTitle')}
          text={t('anchors.removeText')}
          confirm={t('anchors.remove')}
          danger
          busy={remove.isPending}
          problem={remove.error}
          onConfirm={() => remove.mutate(leaving.id)}
          onCancel={() => setLeaving(null)}
        />
      )}
    </>
  );
}

function LastKept({ one }: { one: AnchorView }) {
  const { t } = useTranslation();
  const dates = useDates();
  return (
    <Table.Td>
      {one.anchoredAt === null ? t('anchors.never') : dates.ago(one.anchoredAt)}
      {one.anchoredAt !== null && <div className="quiet">{t('witnesses.entries', { count: one.size })}</div>}
    </Table.Td>
  );
}

function AnchorState({ one }: { one: AnchorView }) {
  const { t } = useTranslation();
  const waits = one.anchoredAt === null;
  return (
    <Table.Td style={{ minWidth: 200 }}>
      {one.problem === null ? (
        <Badge color={waits ? 'gray' : 'green'} variant="light">
          {t(waits ? 'anchors.waiting' : 'anchors.fine')}
        </Badge>
      ) : (
        t(problemWords[one.problem])
      )}
    </Table.Td>
  );
}
