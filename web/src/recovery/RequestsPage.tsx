/** Colleagues who lost their phone: approve or refuse, after a call. */
import { Button, Group, Stack } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/call.ts';
import { useCan } from '../app/session.tsx';
import { useTranslation } from '../i18n/index.ts';
import { PeopleFrame } from '../people/PeopleFrame.tsx';
import { addressText } from '../ui/address-text.ts';
import { useDates } from '../ui/dates.ts';
import { Confirm } from '../ui/Dialog.tsx';
import { Failed, LoadingLines, NoRight, State } from '../ui/states.tsx';
import { tellDone } from '../ui/tell.ts';
import { requestsQuery } from './queries.ts';

export default function RequestsPage() {
  const can = useCan();
  if (!can('person.recover')) return <NoRight permission="person.recover" />;
  return (
    <PeopleFrame>
      <Requests />
    </PeopleFrame>
  );
}

type Asked = { what: 'approve' | 'refuse'; id: string; name: string };

function Requests() {
  const { t } = useTranslation();
  const dates = useDates();
  const client = useQueryClient();
  const query = useQuery(requestsQuery);
  const [asked, setAsked] = useState<Asked | null>(null);
  const answer = useMutation({
    mutationFn: ({ what, id }: Asked) => call(`POST /api/v1/recovery-requests/:id/${what}`, { params: { id } }),
    onSuccess: async () => {
      setAsked(null);
      await client.invalidateQueries({ queryKey: requestsQuery.queryKey });
      tellDone(t('recovery.done'));
    },
  });
  if (query.isPending) return <LoadingLines rows={3} />;
  if (query.isError) return <Failed problem={query.error} retry={() => void query.refetch()} />;
  if (query.data.length === 0)
    return <State drawing="empty" title={t('recovery.empty')} text={t('recovery.emptyText')} />;
  return (
    <Stack gap="lg" p="md">
      <p className="quiet" style={{ margin: 0 }}>
        {t('recovery.how')}
      </p>
      {query.data.map(({ id, name, askedAt, device, address, readyAt, approvedBy, needed, mayApprove }) => (
        <section key={id} aria-label={name}>
          <strong>{name}</strong>
          <p className="quiet" style={{ margin: '4px 0' }}>
            {t('recovery.asked', { when: dates.moment(askedAt), device, address: addressText(address, t) })}
            <br />
            {t('recovery.approvals', { count: approvedBy.length, needed })}
            {approvedBy.length > 0 && <> ({approvedBy.map((one) => one.name).join(', ')})</>}
            <br />
            {t('recovery.readyAt', { when: dates.moment(readyAt) })}
          </p>
          <Group gap="xs" mt={10}>
            {mayApprove && (
              <Button
                size="compact-sm"
                aria-label={t('recovery.approveOf', { name })}
                onClick={() => setAsked({ what: 'approve', id, name })}
              >
                {t('recovery.approve')}
              </Button>
            )}
            <Button
              size="compact-sm"
              variant="default"
              aria-label={t('recovery.refuseOf', { name })}
              onClick={() => setAsked({ what: 'refuse', id, name })}
            >
              {t('recovery.refuse')}
            </Button>
          </Group>
        </section>
      ))}
      {asked !== null && (
        <Confirm
          {...(asked.what === 'approve'
            ? {
                title: t('recovery.approveOf', { name: asked.name }),
                text: t('recovery.approveText', { name: asked.name }),
                confirm: t('recovery.approve'),
              }
            : {
                title: t('recovery.refuseOf', { name: asked.name }),
                text: t('recovery.refuseText', { name: asked.name }),
                confirm: t('recovery.refuse'),
              })}
          busy={answer.isPending}
          problem={answer.error}
          onConfirm={() => answer.mutate(asked)}
          onCancel={() => {
            answer.reset();
            setAsked(null);
          }}
        />
      )}
    </Stack>
  );
}
