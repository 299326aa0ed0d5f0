/** Who stands in for a head who is away: one’s own, or all of them for who may change departments. */
import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { deputiesQuery } from '../../api/queries.ts';
import { useSession } from '../../app/session.tsx';
import type { DeputyView } from '../../contract.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useLookups } from '../../records/lookups.tsx';
import { useDates } from '../../ui/dates.ts';
import { Confirm } from '../../ui/Dialog.tsx';
import { tellDone } from '../../ui/tell.ts';
import { DeputyDialog } from './DeputyDialog.tsx';
import classes from './departments.module.css';

export function Deputies() {
  const { t } = useTranslation();
  const session = useSession();
  const query = useQuery(deputiesQuery);
  const [naming, setNaming] = useState(false);
  const [ending, setEnding] = useState<DeputyView | null>(null);
  const isOwner = session.person.roles.some(({ key }) => key === 'owner');
  if (!query.isSuccess) return null;
  const { deputies, leads } = query.data;
  const mayName = leads || isOwner;
  if (!mayName && deputies.length === 0) return null;
  return (
    <section className={classes['deputies']} aria-labelledby="deputies">
      <h2 id="deputies">{t('departments.deputies')}</h2>
      <p>{t('departments.deputiesText')}</p>
      {deputies.map((deputy) => (
        <DeputyLine
          key={deputy.id}
          deputy={deputy}
          mayEnd={isOwner || [deputy.headId, deputy.deputyId].includes(session.person.id)}
          onEnd={() => setEnding(deputy)}
        />
      ))}
      {mayName && (
        <Button variant="default" mt="sm" onClick={() => setNaming(true)}>
          {t('departments.nameDeputy')}
        </Button>
      )}
      {naming && <DeputyDialog forOthers={isOwner} leads={leads} onClose={() => setNaming(false)} />}
      {ending !== null && <EndDialog deputy={ending} onClose={() => setEnding(null)} />}
    </section>
  );
}

type DeputyLineProps = { deputy: DeputyView; mayEnd: boolean; onEnd: () => void };

function DeputyLine({ deputy, mayEnd, onEnd }: DeputyLineProps) {
  const { t } = useTranslation();
  const dates = useDates();
  const { personName } = useLookups();
  const [head, standing] = [personName(deputy.headId), personName(deputy.deputyId)];
  // The last day, not the midnight after it.
  const last = new Date(new Date(deputy.until).getTime() - 1).toISOString();
  return (
    <div className={classes['deputy']}>
      <span>{t('departments.standsIn', { deputy: standing, head })}</span>
      <span className="quiet">
        {t(deputy.standing ? 'departments.until' : 'departments.fromUntil', {
          from: dates.day(deputy.from),
          until: dates.day(last),
        })}
      </span>
      {mayEnd && (
        <Button
          variant="subtle"
          color="brick"
          size="compact-sm"
          aria-label={t('departments.endOf', { name: standing })}
          onClick={onEnd}
        >
          {t('departments.end')}
        </Button>
      )}
    </div>
  );
}

function EndDialog({ deputy, onClose }: { deputy: DeputyView; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { personName } = useLookups();
  const end = useMutation({
    mutationFn: () => call('DELETE /api/v1/deputies/:id', { params: { id: deputy.id } }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['deputies'] });
      tellDone(t('departments.ended'));
      onClose();
    },
  });
  return (
    <Confirm
      title={t('departments.endTitle', { name: personName(deputy.deputyId) })}
      text={t('departments.endText')}
      confirm={t('departments.end')}
      danger
      busy={end.isPending}
      problem={end.error}
      onConfirm={() => end.mutate()}
      onCancel={onClose}
    />
  );
}
