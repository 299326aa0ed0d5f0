/** The emergency sheet: how it stands, making one (shown once, to be printed and cut), checking a half. */
import { Alert, Button, Group, Stack, Textarea } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { useCan } from '../../app/session.tsx';
import type { ResponseOf, Routes } from '../../contract.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useDates } from '../../ui/dates.ts';
import { Confirm } from '../../ui/Dialog.tsx';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { Failed, LoadingLines } from '../../ui/states.tsx';
import { SecurityPage } from '../SecurityPage.tsx';
import classes from './emergency.module.css';

type Made = ResponseOf<Routes['POST /api/v1/security/emergency']>;
const queryKey = ['emergency'];
const stateWords = {
  none: 'emergency.states.none',
  standing: 'emergency.states.standing',
  used: 'emergency.states.used',
  expired: 'emergency.states.expired',
  ownerless: 'emergency.states.ownerless',
  withdrawn: 'emergency.states.withdrawn',
} as const;

export default function EmergencyPage() {
  const { t } = useTranslation();
  const dates = useDates();
  const can = useCan();
  const client = useQueryClient();
  const query = useQuery({ queryKey, queryFn: () => call('GET /api/v1/security/emergency', {}) });
  const [asking, setAsking] = useState(false);
  const make = useMutation({
    mutationFn: () => call('POST /api/v1/security/emergency', {}),
    onSuccess: async () => {
      setAsking(false);
      await client.invalidateQueries({ queryKey });
    },
  });
  return (
    <SecurityPage page="emergency">
      {query.isPending && <LoadingLines rows={3} />}
      {query.isError && <Failed problem={query.error} retry={() => void query.refetch()} />}
      {make.data !== undefined && <Sheet made={make.data} onHide={() => make.reset()} />}
      {query.data !== undefined && (
        <Stack gap="md" p="md" align="flex-start">
          <Alert color={query.data.state === 'standing' ? 'green' : 'orange'} role="status">
            {t(stateWords[query.data.state])}
            {query.data.sheet !== null && (
              <>
                <br />
                {t('emergency.number', { number: query.data.sheet.number.toUpperCase() })}.{' '}
                {t('emergency.of', {
                  name: query.data.sheet.ownerName,
                  made: dates.moment(query.data.sheet.madeAt),
                  until: dates.moment(query.data.sheet.expiresAt),
                })}
              </>
            )}
          </Alert>
          {query.data.mayMake && <Button onClick={() => setAsking(true)}>{t('emergency.make')}</Button>}
          {query.data.state === 'standing' && can('security.update') && <Check />}
        </Stack>
      )}
      {asking && (
        <Confirm
          title={t('emergency.makeTitle')}
          text={t('emergency.makeText')}
          confirm={t('emergency.make')}
          busy={make.isPending}
          problem={make.error}
          onConfirm={() => make.mutate()}
          onCancel={() => setAsking(false)}
        />
      )}
    </SecurityPage>
  );
}

function Sheet({ made, onHide }: { made: Made; onHide: () => void }) {
  const { t } = useTranslation();
  const dates = useDates();
  const { number, halves, organizationName, ownerName, address, expiresAt } = made;
  return (
    <>
      <Alert color="orange" m="md" role="alert">
        <p className={classes['warning']}>{t('emergency.shownOnce')}</p>
        <Group gap="sm">
          <Button onClick={() => window.print()}>{t('emergency.print')}</Button>
          <Button variant="default" onClick={onHide}>
            {t('emergency.hide')}
          </Button>
        </Group>
      </Alert>
      <div className={classes['sheet']}>
        {halves.map((text, at) => (
          <section key={text} className={classes['half']}>
            <h2>
              {t('emergency.number', { number: number.toUpperCase() })} · {t('emergency.half', { half: at + 1 })}
            </h2>
            <pre>{text.replaceAll(/((?:\S+ ){3}\S+) /g, '$1\n')}</pre>
            <p>
              {t('emergency.halfText', {
                organization: organizationName,
                name: ownerName,
                address,
                until: dates.moment(expiresAt),
              })}
            </p>
          </section>
        ))}
      </div>
    </>
  );
}

function Check() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [half, setHalf] = useState('');
  const check = useMutation({
    mutationFn: () => call('POST /api/v1/security/emergency/check', { body: { half } }),
    onSuccess: async () => {
      setHalf('');
      await client.invalidateQueries({ queryKey });
    },
  });
  return (
    <form
      className={classes['check']}
      onSubmit={(event) => {
        event.preventDefault();
        check.mutate();
      }}
    >
      <Stack gap="sm">
        <Textarea
          label={t('emergency.checkField')}
          description={t('emergency.checkText')}
          autosize
          minRows={2}
          autoComplete="off"
          spellCheck={false}
          value={half}
          onChange={(event) => setHalf(event.currentTarget.value)}
        />
        <ProblemAlert problem={check.error} />
        {check.data !== undefined && <p role="status">{t('emergency.checked', { half: check.data.half })}</p>}
        <Button type="submit" variant="default" disabled={half.trim() === ''} loading={check.isPending}>
          {t('emergency.check')}
        </Button>
      </Stack>
    </form>
  );
}
