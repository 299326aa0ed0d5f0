/** Planted clients, for security alone: plant one, see whether somebody touched it, take it away. */
import { Alert, Button, Group, Table, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { AnchorLink } from '../../app/links.tsx';
import { useCan } from '../../app/session.tsx';
import type { DecoyView } from '../../contract.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useDates } from '../../ui/dates.ts';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { ScrollRegion } from '../../ui/ScrollRegion.tsx';
import { Failed, LoadingLines, State } from '../../ui/states.tsx';
import { tellDone } from '../../ui/tell.ts';
import { readClientAddress } from '../client-address.ts';
import { SecurityPage } from '../SecurityPage.tsx';

const listKey = ['security', 'decoys'];

export default function DecoysPage() {
  const can = useCan();
  return (
    <SecurityPage page="decoys">
      {can('security.update') && <PlantForm />}
      <Decoys />
    </SecurityPage>
  );
}

function PlantForm() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [address, setAddress] = useState('');
  const named = readClientAddress(address);
  const plant = useMutation({
    mutationFn: () => call('POST /api/v1/security/decoys', { body: named! }),
    onSuccess: async () => {
      setAddress('');
      tellDone(t('decoys.planted'));
      await client.invalidateQueries({ queryKey: listKey });
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (named !== null) plant.mutate();
      }}
      style={{ marginBottom: 24 }}
    >
      <p className="quiet">{t('decoys.how')}</p>
      <Group align="flex-end" gap="sm">
        <TextInput
          label={t('decoys.address')}
          placeholder="…/contacts/…"
          autoComplete="off"
          style={{ flex: '1 1 280px' }}
          value={address}
          error={address !== '' && named === null ? t('decoys.addressWrong') : undefined}
          onChange={(event) => setAddress(event.currentTarget.value)}
        />
        <Button type="submit" disabled={named === null} loading={plant.isPending}>
          {t('decoys.plant')}
        </Button>
      </Group>
      <ProblemAlert problem={plant.error} />
    </form>
  );
}

function Decoys() {
  const { t } = useTranslation();
  const query = useQuery({ queryKey: listKey, queryFn: () => call('GET /api/v1/security/decoys', {}) });
  if (query.isPending) return <LoadingLines rows={5} />;
  if (query.isError) return <Failed problem={query.error} retry={() => void query.refetch()} />;
  const { decoys } = query.data;
  if (decoys.length === 0) return <State drawing="empty" title={t('decoys.noneTitle')} text={t('decoys.noneText')} />;
  const touched = decoys.filter(({ touches }) => touches > 0).length;
  return (
    <>
      {touched > 0 && (
        <Alert color="brick" variant="light" mb="md">
          {t('decoys.alarm', { count: touched })}
        </Alert>
      )}
      <ScrollRegion label={t('decoys.list')}>
        <Table aria-label={t('decoys.list')} verticalSpacing={8}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('decoys.client')}</Table.Th>
              <Table.Th>{t('decoys.since')}</Table.Th>
              <Table.Th>{t('decoys.by')}</Table.Th>
              <Table.Th ta="right">{t('decoys.touches')}</Table.Th>
              <Table.Th>{t('decoys.last')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {decoys.map((decoy) => (
              <Row key={decoy.recordId} decoy={decoy} />
            ))}
          </Table.Tbody>
        </Table>
      </ScrollRegion>
    </>
  );
}

function Row({ decoy }: { decoy: DecoyView }) {
  const { t } = useTranslation();
  const can = useCan();
  const dates = useDates();
  const client = useQueryClient();
  const { recordId, kind } = decoy;
  const remove = useMutation({
    mutationFn: () => call('DELETE /api/v1/security/decoys/:id', { params: { id: recordId } }),
    onSettled: () => client.invalidateQueries({ queryKey: listKey }),
  });
  return (
    <Table.Tr>
      <Table.Td>
        {t(kind === 'contact' ? 'contacts.one' : 'companies.one')} <code>{recordId.slice(-12)}</code>
        <Group gap="xs" mt={4}>
          <AnchorLink to="/audit-log" search={{ subjectId: recordId }}>
            {t('decoys.who')}
          </AnchorLink>
          {can('security.update') && (
            <Button size="compact-sm" variant="subtle" loading={remove.isPending} onClick={() => remove.mutate()}>
              {t('decoys.remove')}
            </Button>
          )}
        </Group>
      </Table.Td>
      <Table.Td style={{ whiteSpace: 'nowrap' }}>{dates.moment(decoy.plantedAt)}</Table.Td>
      <Table.Td>{decoy.plantedBy.name}</Table.Td>
      <Table.Td ta="right">{dates.number(decoy.touches)}</Table.Td>
      <Table.Td>{decoy.touchedAt === null ? '—' : dates.moment(decoy.touchedAt)}</Table.Td>
    </Table.Tr>
  );
}
