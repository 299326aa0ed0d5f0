/** The links of a change of e-mail: the new address confirms, the old one cancels. Opening does nothing; the button does. */
import { Button, Stack } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/call.ts';
import { ButtonLink } from '../app/links.tsx';
import { useTitle } from '../app/title.ts';
import { useTranslation } from '../i18n/index.ts';
import { tokenOfAddress } from '../setup/token.ts';
import { Gate } from '../sign-in/Gate.tsx';
import { ProblemAlert } from '../ui/ProblemAlert.tsx';
import { LoadingLines, State } from '../ui/states.tsx';
import { DeadLink, isDead } from './DeadLink.tsx';

export function EmailLink({ purpose }: { purpose: 'confirm' | 'cancel' }) {
  const { t } = useTranslation();
  useTitle(t(`letters.${purpose}.title`));
  const client = useQueryClient();
  const [token] = useState(tokenOfAddress);
  const link = useQuery({
    queryKey: ['email-link', purpose, token],
    queryFn: () => call('POST /api/v1/email-change/open', { body: { purpose, token } }),
    enabled: token !== '',
    staleTime: Infinity,
  });
  const settle = useMutation({
    mutationFn: () => call(`POST /api/v1/email-change/${purpose}`, { body: { token } }),
    onSuccess: () => client.clear(),
  });
  if (settle.data !== undefined) {
    const { email } = settle.data;
    return (
      <Gate>
        <State
          page
          drawing="done"
          title={t(`letters.${purpose}.doneTitle`)}
          text={t(`letters.${purpose}.doneText`, { email })}
        >
          {purpose === 'cancel' && <ButtonLink to="/forgot">{t('letters.forgotTitle')}</ButtonLink>}
          <ButtonLink to="/sign-in" variant={purpose === 'cancel' ? 'default' : 'filled'}>
            {t('letters.toSignIn')}
          </ButtonLink>
        </State>
      </Gate>
    );
  }
  const problem = isDead(settle.error) ? settle.error : link.error;
  if (token === '' || link.isError || problem !== null)
    return <DeadLink problem={problem} retry={() => void link.refetch()} />;
  if (link.isPending) {
    return (
      <Gate>
        <LoadingLines />
      </Gate>
    );
  }
  const { organizationName: organization, from, to } = link.data;
  return (
    <Gate>
      <h1>{t(`letters.${purpose}.title`)}</h1>
      <p className="quiet">{t(`letters.${purpose}.text`, { organization, from, to })}</p>
      <Stack gap="sm">
        <ProblemAlert problem={settle.error} />
        <Button
          loading={settle.isPending}
          onClick={() => settle.mutate()}
          {...(purpose === 'cancel' ? { color: 'brick' } : {})}
        >
          {t(`letters.${purpose}.do`)}
        </Button>
      </Stack>
    </Gate>
  );
}
