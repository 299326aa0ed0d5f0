/** Another e-mail to sign in with: asked here, confirmed by the new address. */
import { Alert, Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/call.ts';
import { useSession } from '../app/session.tsx';
import { useTranslation } from '../i18n/index.ts';
import { useLetterWords } from '../letters/letter-words.ts';
import { LinkField } from '../letters/LinkField.tsx';
import { useDates } from '../ui/dates.ts';
import { ProblemAlert } from '../ui/ProblemAlert.tsx';
import { Failed, LoadingLines } from '../ui/states.tsx';
import { tellDone } from '../ui/tell.ts';
import classes from './profile.module.css';

export function EmailSection() {
  const { t } = useTranslation();
  const { person } = useSession();
  const client = useQueryClient();
  const query = useQuery({ queryKey: ['own-email'], queryFn: () => call('GET /api/v1/profile/email', {}) });
  const ask = useMutation({
    mutationFn: (body: { email: string; current: string }) => call('POST /api/v1/profile/email', { body }),
    onSuccess: async (asked) => {
      await client.invalidateQueries({ queryKey: ['own-email'] });
      if (asked.link === null) tellDone(t('letters.emailAsked'));
    },
  });
  return (
    <section className={`panel ${classes['section']}`} aria-label={t('letters.emailTitle')}>
      <h2>{t('letters.emailTitle')}</h2>
      <p className="quiet">{t('letters.emailNow', { email: person.email })}</p>
      {query.isPending && <LoadingLines rows={2} />}
      {query.isError && <Failed problem={query.error} retry={() => void query.refetch()} />}
      {query.data !== undefined &&
        (query.data.waiting === null ? (
          <AskForm busy={ask.isPending} problem={ask.error} onAsk={(body) => ask.mutate(body)} />
        ) : (
          <Waiting waiting={query.data.waiting} link={ask.data?.link ?? null} onDropped={() => ask.reset()} />
        ))}
    </section>
  );
}

type AskProps = { busy: boolean; problem: unknown; onAsk: (body: { email: string; current: string }) => void };

function AskForm({ busy, problem, onAsk }: AskProps) {
  const { t } = useTranslation();
  const { person } = useSession();
  const [email, setEmail] = useState('');
  const [current, setCurrent] = useState('');
  const ready = email.includes('@') && current !== '';
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) onAsk({ email: email.trim(), current });
      }}
    >
      <Stack gap="sm">
        <p className="quiet" style={{ margin: 0 }}>
          {t('letters.emailText')}
        </p>
        <input type="hidden" name="username" autoComplete="username" value={person.email} readOnly />
        <TextInput
          label={t('letters.emailNew')}
          type="email"
          autoComplete="off"
          maxLength={254}
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <PasswordInput
          label={t('letters.emailCurrent')}
          autoComplete="current-password"
          value={current}
          onChange={(event) => setCurrent(event.currentTarget.value)}
          visibilityToggleButtonProps={{ 'aria-label': t('ui.showPassword') }}
        />
        <ProblemAlert problem={problem} />
        <div>
          <Button type="submit" variant="default" disabled={!ready} loading={busy}>
            {t('letters.emailAsk')}
          </Button>
        </div>
      </Stack>
    </form>
  );
}

type WaitingEmail = { email: string; expiresAt: string; letter: Parameters<ReturnType<typeof useLetterWords>>[0] };

function Waiting({ waiting, link, onDropped }: { waiting: WaitingEmail; link: string | null; onDropped: () => void }) {
  const { t } = useTranslation();
  const dates = useDates();
  const letterWords = useLetterWords();
  const client = useQueryClient();
  const drop = useMutation({
    mutationFn: () => call('DELETE /api/v1/profile/email', {}),
    onSuccess: async () => {
      onDropped();
      await client.invalidateQueries({ queryKey: ['own-email'] });
      tellDone(t('letters.emailDropped'));
    },
  });
  return (
    <Stack gap="sm">
      <Alert variant="light" color="amber">
        {t('letters.emailWaiting', { email: waiting.email, when: dates.moment(waiting.expiresAt) })}
        {waiting.letter !== 'off' && <div>{letterWords(waiting.letter)}</div>}
      </Alert>
      {link !== null && (
        <>
          <p className="quiet" style={{ margin: 0 }}>
            {t('letters.emailLinkText')}
          </p>
          <LinkField label={t('letters.emailLink')} link={link} />
        </>
      )}
      <ProblemAlert problem={drop.error} />
      <div>
        <Button variant="default" onClick={() => drop.mutate()} loading={drop.isPending}>
          {t('letters.emailDrop')}
        </Button>
      </div>
    </Stack>
  );
}
