/** Changing my password. */
import { Button, PasswordInput, Stack } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/call.ts';
import { useSession } from '../app/session.tsx';
import { useTranslation } from '../i18n/index.ts';
import { isPasswordReady, PasswordFields } from '../setup/PasswordFields.tsx';
import { ProblemAlert } from '../ui/ProblemAlert.tsx';
import { tellDone } from '../ui/tell.ts';
import classes from './profile.module.css';

export function PasswordSection() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { person } = useSession();
  const [current, setCurrent] = useState('');
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const change = useMutation({
    mutationFn: () => call('POST /api/v1/profile/password', { body: { current, password } }),
    onSuccess: () => {
      setCurrent('');
      setPassword('');
      setAgain('');
      void client.invalidateQueries({ queryKey: ['sessions'] });
      tellDone(t('profile.passwordChanged'));
    },
  });
  const ready = current !== '' && isPasswordReady(password, again);
  return (
    <section className={`panel ${classes['section']}`} aria-label={t('profile.passwordTitle')}>
      <h2>{t('profile.passwordTitle')}</h2>
      <p className="quiet">{t('profile.passwordText')}</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) change.mutate();
        }}
      >
        <Stack gap="sm">
          <input type="hidden" name="username" autoComplete="username" value={person.email} readOnly />
          <PasswordInput
            label={t('profile.currentPassword')}
            autoComplete="current-password"
            value={current}
            onChange={(event) => setCurrent(event.currentTarget.value)}
            visibilityToggleButtonProps={{ 'aria-label': t('ui.showPassword') }}
          />
          <PasswordFields
            password={password}
            again={again}
            onPassword={setPassword}
            onAgain={setAgain}
            label={t('profile.newPassword')}
            labelAgain={t('profile.newPasswordAgain')}
          />
          <ProblemAlert problem={change.error} />
          <div>
            <Button type="submit" variant="default" disabled={!ready} loading={change.isPending}>
              {t('profile.changePassword')}
            </Button>
          </div>
        </Stack>
      </form>
    </section>
  );
}
