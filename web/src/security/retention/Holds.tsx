/** Legal holds: on the whole log, on a person, on a client. Lifted ones stay in sight with who lifted them. */
import { Button, Group, NativeSelect, Table, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { useCan } from '../../app/session.tsx';
import type { LegalHoldView } from '../../contract.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useLookups } from '../../records/lookups.tsx';
import { useDates } from '../../ui/dates.ts';
import cards from '../../ui/card-table.module.css';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { ScrollRegion } from '../../ui/ScrollRegion.tsx';
import { tellDone } from '../../ui/tell.ts';
import { readClientAddress } from '../client-address.ts';
import { retentionKey } from './retention-key.ts';

type Of = LegalHoldView['of'];
const kinds = ['all', 'person', 'record'] as const satisfies readonly Of[];
const reasonCharsMin = 3;

export function Holds({ holds }: { holds: readonly LegalHoldView[] }) {
  const { t } = useTranslation();
  const can = useCan();
  return (
    <section style={{ marginTop: 32 }}>
      <h2>{t('retention.holds')}</h2>
      <p className="quiet">{t('retention.holdsText')}</p>
      {can('security.update') && <HoldForm />}
      {holds.length > 0 && (
        <ScrollRegion label={t('retention.holds')}>
          <Table className={cards['cards']} aria-label={t('retention.holds')} verticalSpacing={8} miw={620} mt="md">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('retention.about')}</Table.Th>
                <Table.Th>{t('retention.reason')}</Table.Th>
                <Table.Th>{t('retention.placed')}</Table.Th>
                <Table.Th>{t('retention.lifted')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {holds.map((hold) => (
                <HoldRow key={hold.id} hold={hold} />
              ))}
            </Table.Tbody>
          </Table>
        </ScrollRegion>
      )}
    </section>
  );
}

function HoldForm() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { people } = useLookups();
  const [of, setOf] = useState<Of>('all');
  const [personId, setPersonId] = useState('');
  const [address, setAddress] = useState('');
  const [reason, setReason] = useState('');
  const record = readClientAddress(address);
  const subjectId = of === 'all' ? undefined : of === 'person' ? personId || undefined : record?.recordId;
  const isReady = (of === 'all' || subjectId !== undefined) && reason.trim().length >= reasonCharsMin;
  const place = useMutation({
    mutationFn: () =>
      call('POST /api/v1/security/holds', {
        body: { of, reason, ...(subjectId === undefined ? {} : { subjectId }) },
      }),
    onSuccess: async () => {
      setReason('');
      setAddress('');
      tellDone(t('retention.holdPlaced'));
      await client.invalidateQueries({ queryKey: retentionKey });
    },
  });
  return (
    <form
      style={{ maxWidth: 620 }}
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady) place.mutate();
      }}
    >
      <Group align="flex-start" gap="sm">
        <NativeSelect
          label={t('retention.about')}
          value={of}
          data={kinds.map((value) => ({ value, label: t(`retention.of.${value}`) }))}
          onChange={(event) => setOf(kinds.find((one) => one === event.currentTarget.value) ?? 'all')}
        />
        {of === 'person' && (
          <NativeSelect
            label={t('retention.person')}
            value={personId}
            data={[{ value: '', label: '—' }, ...people.map(({ id, name }) => ({ value: id, label: name }))]}
            onChange={(event) => setPersonId(event.currentTarget.value)}
          />
        )}
        {of === 'record' && (
          <TextInput
            label={t('decoys.address')}
            placeholder="…/contacts/…"
            autoComplete="off"
            style={{ flex: '1 1 260px' }}
            value={address}
            error={address !== '' && record === null ? t('decoys.addressWrong') : undefined}
            onChange={(event) => setAddress(event.currentTarget.value)}
          />
        )}
      </Group>
      <Textarea
        label={t('retention.reason')}
        mt="sm"
        autosize
        minRows={2}
        maxLength={500}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <Button type="submit" mt="sm" disabled={!isReady} loading={place.isPending}>
        {t('retention.place')}
      </Button>
      <ProblemAlert problem={place.error} />
    </form>
  );
}

function HoldRow({ hold }: { hold: LegalHoldView }) {
  const { t } = useTranslation();
  const can = useCan();
  const dates = useDates();
  const client = useQueryClient();
  const { personName } = useLookups();
  const lift = useMutation({
    mutationFn: () => call('DELETE /api/v1/security/holds/:id', { params: { id: hold.id } }),
    onSettled: () => client.invalidateQueries({ queryKey: retentionKey }),
  });
  const subject =
    hold.of === 'person' ? personName(hold.subjectId) || t('common.unknownPerson') : hold.subjectId?.slice(-12);
  return (
    <Table.Tr>
      <Table.Td data-label={t('retention.about')}>
        {t(`retention.of.${hold.of}`)}
        {subject !== undefined && <small className="quiet"> {subject}</small>}
      </Table.Td>
      <Table.Td data-label={t('retention.reason')} style={{ overflowWrap: 'anywhere' }}>
        {hold.reason}
      </Table.Td>
      <Table.Td data-label={t('retention.placed')}>
        {hold.placedBy.name}
        <br />
        <small className="quiet">{dates.moment(hold.placedAt)}</small>
      </Table.Td>
      <Table.Td data-label={hold.liftedBy === null ? undefined : t('retention.lifted')}>
        {hold.liftedBy === null ? (
          can('security.update') && (
            <Button size="compact-sm" variant="default" loading={lift.isPending} onClick={() => lift.mutate()}>
              {t('retention.lift')}
            </Button>
          )
        ) : (
          <>
            {hold.liftedBy.name}
            <br />
            <small className="quiet">{dates.moment(hold.liftedAt)}</small>
          </>
        )}
        <ProblemAlert problem={lift.error} />
      </Table.Td>
    </Table.Tr>
  );
}
