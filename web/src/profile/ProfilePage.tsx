/** My own name, language, password, sessions and rights. */
import { Button, NativeSelect, SegmentedControl, Stack, TextInput, useMantineColorScheme } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/call.ts';
import { sessionQuery } from '../api/queries.ts';
import { useSession } from '../app/session.tsx';
import { useTitle } from '../app/title.ts';
import { useLanguageChange } from '../app/use-language-change.ts';
import type { Language } from '../i18n/index.ts';
import { useLanguage, useTranslation, useWords } from '../i18n/index.ts';
import { PageHeader } from '../ui/PageHeader.tsx';
import { ProblemAlert } from '../ui/ProblemAlert.tsx';
import { tellDone } from '../ui/tell.ts';
import { EmailSection } from './EmailSection.tsx';
import { PasswordSection } from './PasswordSection.tsx';
import classes from './profile.module.css';
import { ElevationsSection } from './security/ElevationsSection.tsx';
import { DevicesSection } from './security/DevicesSection.tsx';
import { FactorsSection } from './security/FactorsSection.tsx';
import { SessionsSection } from './SessionsSection.tsx';

export default function ProfilePage() {
  const { t } = useTranslation();
  useTitle(t('profile.title'));
  return (
    <div className="page">
      <PageHeader title={t('profile.title')} />
      <div className={classes['columns']}>
        <div className={classes['stack']}>
          <AboutSection />
          <ElevationsSection />
          <RightsSection />
        </div>
        <div className={classes['stack']}>
          <FactorsSection />
          <DevicesSection />
          <SessionsSection />
          <PasswordSection />
          <EmailSection />
        </div>
      </div>
    </div>
  );
}

function AboutSection() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { person } = useSession();
  const language = useLanguage();
  const changeLanguage = useLanguageChange();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const [name, setName] = useState(person.name);
  const save = useMutation({
    mutationFn: () => call('PATCH /api/v1/profile', { body: { name: name.trim() } }),
    onSuccess: (session) => {
      client.setQueryData(sessionQuery.queryKey, session);
      void client.invalidateQueries({ queryKey: ['people'] });
      tellDone(t('profile.saved'));
    },
  });
  return (
    <section className={`panel ${classes['section']}`} aria-label={t('profile.about')}>
      <h2>{t('profile.about')}</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== '') save.mutate();
        }}
      >
        <Stack gap="sm" mt="sm">
          <TextInput
            label={t('profile.name')}
            autoComplete="name"
            maxLength={200}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <TextInput label={t('profile.email')} value={person.email} readOnly variant="filled" />
          <TextInput
            label={t('profile.role')}
            readOnly
            variant="filled"
            value={[person.roles.map((role) => role.name).join(', '), person.department?.name]
              .filter(Boolean)
              .join(' · ')}
          />
          <ProblemAlert problem={save.error} />
          <div>
            <Button type="submit" loading={save.isPending} disabled={name.trim() === '' || name.trim() === person.name}>
              {t('common.save')}
            </Button>
          </div>
          <NativeSelect
            label={t('profile.language')}
            value={language}
            onChange={(event) => changeLanguage.mutate(event.currentTarget.value as Language)}
            data={[
              { value: 'uk', label: t('shell.ukrainian') },
              { value: 'en', label: t('shell.english') },
            ]}
          />
          <div>
            <div id="profile-theme" style={{ fontWeight: 600, marginBottom: 4 }}>
              {t('profile.theme')}
            </div>
            <SegmentedControl
              aria-labelledby="profile-theme"
              value={colorScheme}
              onChange={(value) => setColorScheme(value)}
              data={(['light', 'dark', 'auto'] as const).map((value) => ({ value, label: t(`shell.${value}`) }))}
            />
          </div>
        </Stack>
      </form>
    </section>
  );
}

function RightsSection() {
  const { t } = useTranslation();
  const words = useWords();
  const { permissions } = useSession();
  return (
    <section className={`panel ${classes['section']}`} aria-label={t('profile.rights')}>
      <h2>{t('profile.rights')}</h2>
      <dl className={classes['rights']}>
        {permissions
          .filter(({ scope }) => scope !== 'none')
          .map(({ permission, scope }) => (
            <div key={permission} style={{ display: 'contents' }}>
              <dt>{words.permissions[permission]}</dt>
              <dd>{words.scopes[scope]}</dd>
            </div>
          ))}
      </dl>
    </section>
  );
}
