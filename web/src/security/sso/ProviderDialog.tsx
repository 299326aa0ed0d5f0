/** A provider is added or changed. Its secret is written and never shown. */
import { Button, Checkbox, Group, Modal, PasswordInput, Stack, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { asProblem } from '../../api/problem.ts';
import type { SsoProviderView } from '../../contract.ts';
import { useTranslation } from '../../i18n/index.ts';
import { CopyButton } from '../../ui/CopyButton.tsx';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { tellDone } from '../../ui/tell.ts';
import { providersQuery } from './queries.ts';

const linesIn = (text: string) => text.split(/[\s,;]+/).filter((part) => part !== '');

type ProviderDialogProps = { provider?: SsoProviderView; callback?: string; onClose: () => void };

export function ProviderDialog({ provider, callback, onClose }: ProviderDialogProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [name, setName] = useState(provider?.name ?? '');
  const [issuer, setIssuer] = useState(provider?.issuer ?? '');
  const [clientId, setClientId] = useState(provider?.clientId ?? '');
  const [secret, setSecret] = useState('');
  const [domains, setDomains] = useState(provider?.domains.join('\n') ?? '');
  const [acr, setAcr] = useState(provider?.mfaAcr.join('\n') ?? '');
  const [emailTrusted, setEmailTrusted] = useState(provider?.emailTrusted ?? false);
  const save = useMutation({
    mutationFn: () => {
      const body = {
        name: name.trim(),
        issuer: issuer.trim(),
        clientId: clientId.trim(),
        ...(secret === '' ? {} : { clientSecret: secret }),
        domains: linesIn(domains),
        mfaAcr: linesIn(acr),
        emailTrusted,
      };
      return provider === undefined
        ? call('POST /api/v1/sso/providers', { body })
        : call('PATCH /api/v1/sso/providers/:id', { params: { id: provider.id }, body });
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: providersQuery.queryKey });
      tellDone(t('common.saved'));
      onClose();
    },
  });
  const moved = provider !== undefined && (issuer.trim() !== provider.issuer || clientId.trim() !== provider.clientId);
  const isReady =
    [name, issuer, clientId].every((text) => text.trim() !== '') &&
    linesIn(domains).length > 0 &&
    !(moved && secret === '');
  const wrong = save.isError ? asProblem(save.error).field : undefined;
  return (
    <Modal
      opened
      onClose={onClose}
      size={560}
      title={provider === undefined ? t('sso.addTitle') : t('sso.editTitle', { name: provider.name })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady) save.mutate();
        }}
      >
        <Stack gap="sm">
          {callback !== undefined && (
            <Stack gap={6} align="flex-start">
              <TextInput
                w="100%"
                label={t('sso.callbackTitle')}
                description={t('sso.callbackText')}
                readOnly
                value={callback}
                classNames={{ input: 'mono' }}
              />
              <CopyButton text={callback} label={t('sso.copy')} />
            </Stack>
          )}
          <TextInput
            label={t('sso.name')}
            description={t('sso.nameHint')}
            data-autofocus
            maxLength={200}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <TextInput
            label={t('sso.issuer')}
            description={t('sso.issuerHint')}
            maxLength={500}
            value={issuer}
            error={wrong === 'issuer' || undefined}
            onChange={(event) => setIssuer(event.currentTarget.value)}
          />
          <TextInput
            label={t('sso.clientId')}
            maxLength={500}
            autoComplete="off"
            value={clientId}
            onChange={(event) => setClientId(event.currentTarget.value)}
          />
          <PasswordInput
            label={t('sso.secret')}
            description={t(
              provider?.hasSecret === true ? (moved ? 'sso.secretAgain' : 'sso.secretKept') : 'sso.secretHint',
            )}
            maxLength={1000}
            autoComplete="off"
            visibilityToggleButtonProps={{ 'aria-label': t('ui.showPassword') }}
            value={secret}
            error={wrong === 'clientSecret' || undefined}
            onChange={(event) => setSecret(event.currentTarget.value)}
          />
          <Textarea
            label={t('sso.domains')}
            description={t('sso.domainsHint')}
            rows={2}
            value={domains}
            error={wrong === 'domains' || undefined}
            onChange={(event) => setDomains(event.currentTarget.value)}
          />
          <Textarea
            label={t('sso.acr')}
            description={t('sso.acrHint')}
            rows={2}
            value={acr}
            onChange={(event) => setAcr(event.currentTarget.value)}
          />
          <Checkbox
            label={t('sso.emailTrusted')}
            description={t('sso.emailTrustedHint')}
            checked={emailTrusted}
            onChange={(event) => setEmailTrusted(event.currentTarget.checked)}
          />
          <ProblemAlert problem={save.error} />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" disabled={!isReady} loading={save.isPending}>
              {t('common.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
