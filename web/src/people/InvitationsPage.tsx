/** Invitations that wait for an answer. */
import { Button, Group, Modal, Stack, Table } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/call.ts';
import { invitationsQuery } from '../api/queries.ts';
import { useCan } from '../app/session.tsx';
import type { InvitationView } from '../contract.ts';
import { useTranslation } from '../i18n/index.ts';
import { useLetterWords } from '../letters/letter-words.ts';
import { LinkField } from '../letters/LinkField.tsx';
import { useLookups } from '../records/lookups.tsx';
import { useDates } from '../ui/dates.ts';
import { Confirm } from '../ui/Dialog.tsx';
import { ProblemAlert } from '../ui/ProblemAlert.tsx';
import { ScrollRegion } from '../ui/ScrollRegion.tsx';
import { Failed, LoadingLines, NoRight, State } from '../ui/states.tsx';
import { tellDone } from '../ui/tell.ts';
import { PeopleFrame } from './PeopleFrame.tsx';

export default function InvitationsPage() {
  const can = useCan();
  if (!can('person.invite')) return <NoRight permission="person.invite" />;
  return (
    <PeopleFrame>
      <Invitations />
    </PeopleFrame>
  );
}

function Invitations() {
  const { t } = useTranslation();
  const dates = useDates();
  const lookups = useLookups();
  const client = useQueryClient();
  const query = useQuery(invitationsQuery);
  const letterWords = useLetterWords();
  const [asking, setAsking] = useState<InvitationView | null>(null);
  const withdraw = useMutation({
    mutationFn: (id: string) => call('DELETE /api/v1/invitations/:id', { params: { id } }),
    onSuccess: async () => {
      setAsking(null);
      await client.invalidateQueries({ queryKey: ['invitations'] });
      tellDone(t('people.withdrawn'));
    },
  });
  const again = useMutation({
    mutationFn: (id: string) => call('POST /api/v1/invitations/:id/send-again', { params: { id } }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['invitations'] }),
  });
  if (query.isPending) return <LoadingLines rows={4} />;
  if (query.isError) return <Failed problem={query.error} retry={() => void query.refetch()} />;
  if (query.data.length === 0) {
    return <State drawing="empty" title={t('people.invitationsEmpty')} text={t('people.invitationsEmptyText')} />;
  }
  return (
    <>
      <ScrollRegion label={t('people.invitationsTable')}>
        <Table aria-label={t('people.invitationsTable')} miw={980} verticalSpacing="sm" horizontalSpacing="md">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('people.name')}</Table.Th>
              <Table.Th>{t('people.email')}</Table.Th>
              <Table.Th>{t('people.role')}</Table.Th>
              <Table.Th>{t('people.department')}</Table.Th>
              <Table.Th>{t('people.expires', { when: '' })}</Table.Th>
              <Table.Th>{t('letters.letter')}</Table.Th>
              <Table.Td />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {query.data.map((one) => (
              <Table.Tr key={one.id}>
                <Table.Td>{one.name}</Table.Td>
                <Table.Td>{one.email}</Table.Td>
                <Table.Td>{one.roles.map(({ name }) => name).join(', ')}</Table.Td>
                <Table.Td>{lookups.departmentName(one.departmentId)}</Table.Td>
                <Table.Td>{dates.moment(one.expiresAt)}</Table.Td>
                <Table.Td>{letterWords(one.letter)}</Table.Td>
                <Table.Td ta="right">
                  <Group gap="xs" justify="flex-end" wrap="nowrap">
                    <Button
                      variant="default"
                      size="compact-sm"
                      aria-label={t(one.letter === 'off' ? 'letters.renewLinkOf' : 'letters.sendAgainOf', {
                        name: one.name,
                      })}
                      loading={again.isPending && again.variables === one.id}
                      onClick={() => again.mutate(one.id)}
                    >
                      {t(one.letter === 'off' ? 'letters.renewLink' : 'letters.sendAgain')}
                    </Button>
                    <Button
                      variant="default"
                      size="compact-sm"
                      aria-label={t('people.withdrawOf', { name: one.name })}
                      onClick={() => setAsking(one)}
                    >
                      {t('people.withdraw')}
                    </Button>
                  </Group>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollRegion>
      <ProblemAlert problem={again.error} />
      {again.data !== undefined && (
        <Modal
          opened
          onClose={() => again.reset()}
          size={520}
          title={t('letters.newLinkTitle')}
          closeButtonProps={{ 'aria-label': t('common.close') }}
        >
          <Stack gap="sm">
            <span>
              {t('letters.newLinkText')}{' '}
              {again.data.invitation.letter !== 'off' &&
                t('letters.invitedByMail', { email: again.data.invitation.email })}
            </span>
            <LinkField label={t('people.link')} link={again.data.link} />
          </Stack>
        </Modal>
      )}
      {asking !== null && (
        <Confirm
          title={t('people.withdrawTitle', { name: asking.name })}
          text={t('people.withdrawText')}
          confirm={t('people.withdraw')}
          danger
          busy={withdraw.isPending}
          problem={withdraw.error}
          onConfirm={() => withdraw.mutate(asking.id)}
          onCancel={() => setAsking(null)}
        />
      )}
    </>
  );
}
