/** Who outside confirms the log, how far back it could still be changed unseen, and whose logs are confirmed here. */
import { Badge, Button, Group, Stack, Table, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { useCan } from '../../app/session.tsx';
import type { WitnessView } from '../../contract.ts';
import { useTranslation } from '../../i18n/index.ts';
import { CopyButton } from '../../ui/CopyButton.tsx';
import { useDates } from '../../ui/dates.ts';
import { Confirm } from '../../ui/Dialog.tsx';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { ScrollRegion } from '../../ui/ScrollRegion.tsx';
import { Failed, LoadingLines, State } from '../../ui/states.tsx';
import { tellDone } from '../../ui/tell.ts';
import { SecurityPage } from '../SecurityPage.tsx';
import { Anchors } from './Anchors.tsx';
import { witnessesKey } from './anchor-words.ts';
import { CheckHead } from './CheckHead.tsx';
import { WatchedLogs } from './WatchedLogs.tsx';

const problemWords = {
  unreachable: 'witnesses.problems.unreachable',
  refused: 'witnesses.problems.refused',
  answer_wrong: 'witnesses.problems.answer_wrong',
  clock_wrong: 'witnesses.problems.clock_wrong',
  forked: 'witnesses.problems.forked',
} as const;

export default function WitnessesPage() {
  return (
    <SecurityPage page="witnesses">
      <Witnesses />
    </SecurityPage>
  );
}

function Witnesses() {
  const { t } = useTranslation();
  const can = useCan();
  const query = useQuery({
    queryKey: witnessesKey,
    queryFn: () => call('GET /api/v1/security/witnesses', {}),
    refetchInterval: 60_000,
  });
  if (query.isPending) return <LoadingLines rows={6} />;
  if (query.isError) return <Failed problem={query.error} retry={() => void query.refetch()} />;
  const { witnesses, logs, own, secondsBack } = query.data;
  const mayChange = can('security.update');
  return (
    <Stack gap="xl">
      <HowFarBack secondsBack={secondsBack} />
      <section>
        <h2>{t('witnesses.ours')}</h2>
        {witnesses.length === 0 ? (
          <State drawing="empty" title={t('witnesses.nobodyTitle')} text={t('witnesses.nobodyText')} />
        ) : (
          <WitnessTable witnesses={witnesses} mayChange={mayChange} />
        )}
        {mayChange && <AddWitness />}
      </section>
      <Anchors mayChange={mayChange} />
      <CheckHead />
      <WatchedLogs logs={logs} own={own} mayChange={mayChange} />
    </Stack>
  );
}

/** The one honest figure. */
function HowFarBack({ secondsBack }: { secondsBack: number | null }) {
  const { t } = useTranslation();
  if (secondsBack === null) return <p>{t('witnesses.backEver')}</p>;
  const minutes = Math.round(secondsBack / 60);
  if (secondsBack < 120) return <p>{t('witnesses.backSeconds', { count: secondsBack })}</p>;
  if (minutes < 120) return <p>{t('witnesses.backMinutes', { count: minutes })}</p>;
  return <p>{t('witnesses.backHours', { count: Math.round(minutes / 60) })}</p>;
}

function WitnessTable({ witnesses, mayChange }: { witnesses: readonly WitnessView[]; mayChange: boolean }) {
  const { t } = useTranslation();
  const dates = useDates();
  const client = useQueryClient();
  const [leaving, setLeaving] = useState<WitnessView | null>(null);
  const refresh = () => client.invalidateQueries({ queryKey: witnessesKey });
  const ask = useMutation({
    mutationFn: (id: string) => call('POST /api/v1/security/witnesses/:id/try', { params: { id } }),
    onSuccess: async ({ problem }) => {
      if (problem === null) tellDone(t('witnesses.confirmed'));
      await refresh();
    },
  });
  const remove = useMutation({
    mutationFn: (id: string) => call('DELETE /api/v1/security/witnesses/:id', { params: { id } }),
    onSuccess: async () => {
      setLeaving(null);
      await refresh();
    },
  });
  return (
    <>
      <ProblemAlert problem={ask.error} />
      <ScrollRegion label={t('witnesses.ours')}>
        <Table aria-label={t('witnesses.ours')} verticalSpacing={8}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('witnesses.who')}</Table.Th>
              <Table.Th>{t('witnesses.last')}</Table.Th>
              <Table.Th>{t('witnesses.state')}</Table.Th>
              {mayChange && <Table.Th>{t('witnesses.acts')}</Table.Th>}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {witnesses.map((one) => (
              <Table.Tr key={one.id}>
                <Table.Td style={{ overflowWrap: 'anywhere', minWidth: 180 }}>{one.address}</Table.Td>
                <Table.Td>
                  {one.confirmedAt === null ? t('witnesses.never') : dates.ago(one.confirmedAt)}
                  {one.confirmedAt !== null && (
                    <div className="quiet">{t('witnesses.entries', { count: one.size })}</div>
                  )}
                </Table.Td>
                <Table.Td style={{ minWidth: 200 }}>
                  {one.problem === null ? (
                    <Badge color={one.confirmedAt === null ? 'gray' : 'green'} variant="light">
                      {t(one.confirmedAt === null ? 'witnesses.waiting' : 'witnesses.fine')}
                    </Badge>
                  ) : (
                    t(problemWords[one.problem])
                  )}
                </Table.Td>
                {mayChange && (
                  <Table.Td>
                    <Group gap="xs" wrap="nowrap">
                      <Button
                        size="compact-sm"
                        variant="default"
                        loading={ask.isPending && ask.variables === one.id}
                        onClick={() => ask.mutate(one.id)}
                      >
                        {t('witnesses.try')}
                      </Button>
                      <Button size="compact-sm" variant="subtle" color="red" onClick={() => setLeaving(one)}>
                        {t('witnesses.remove')}
                      </Button>
                    </Group>
                  </Table.Td>
                )}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollRegion>
      {leaving !== null && (
        <Confirm
          title={t('witnesses.removeTitle')}
          text={t('witnesses.removeText')}
          confirm={t('witnesses.remove')}
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

function AddWitness() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [address, setAddress] = useState('');
  const [key, setKey] = useState('');
  const add = useMutation({
    mutationFn: () => call('POST /api/v1/security/witnesses', { body: { address, key } }),
    onSuccess: async () => {
      setAddress('');
      setKey('');
      await client.invalidateQueries({ queryKey: witnessesKey });
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        add.mutate();
      }}
    >
      <Stack gap="sm" maw={620} mt="md">
        <TextInput
          label={t('witnesses.address')}
          placeholder="https://"
          value={address}
          onChange={({ currentTarget: { value } }) => setAddress(value)}
        />
        <TextInput
          label={t('witnesses.key')}
          description={t('witnesses.keyHint')}
          value={key}
          onChange={({ currentTarget: { value } }) => setKey(value)}
        />
        <ProblemAlert problem={add.error} />
        <Group>
          <Button type="submit" loading={add.isPending} disabled={address.trim() === '' || key.trim() === ''}>
            {t('witnesses.add')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

export function OwnLine({ label, text }: { label: string; text: string }) {
  const { t } = useTranslation();
  return (
    <div>
      <div>{label}</div>
      <Group gap="sm" wrap="nowrap" align="flex-start">
        <code style={{ overflowWrap: 'anywhere' }}>{text}</code>
        <div style={{ flexShrink: 0 }}>
          <CopyButton text={text} label={t('witnesses.copy')} />
        </div>
      </Group>
    </div>
  );
}
