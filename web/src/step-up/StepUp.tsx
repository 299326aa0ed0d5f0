/** Confirm that it is you: before clients leave the house, rights change, or a protection is turned down. */
import { Anchor, Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/call.ts';
import { useTranslation } from '../i18n/index.ts';
import { hasPasskeys, stepUpByPasskey } from '../passkeys/ask-key.ts';
import { CodeInput } from '../ui/CodeInput.tsx';
import { ProblemAlert } from '../ui/ProblemAlert.tsx';

type StepUpProps = { onProved: () => void; onCancel: () => void };

export default function StepUp({ onProved, onCancel }: StepUpProps) {
  const { t } = useTranslation();
  const [code, setCode] = useState('');
  const [recovery, setRecovery] = useState(false);
  const prove = useMutation({
    mutationFn: (value: string) => call('POST /api/v1/step-up', { body: { code: value } }),
    onSuccess: onProved,
    onError: () => setCode(''),
  });
  const ways = useQuery({
    queryKey: ['step-up'],
    queryFn: async () => (await call('GET /api/v1/step-up', {})).ways,
    staleTime: 0,
  });
  const byKey = useMutation({ mutationFn: stepUpByPasskey, onSuccess: onProved });
  const hasKey = ways.data?.includes('passkey') === true && hasPasskeys();
  return (
    <Modal opened onClose={onCancel} title={t('stepUp.title')} closeButtonProps={{ 'aria-label': t('common.close') }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (code.trim().length >= 6) prove.mutate(code.trim());
        }}
      >
        <Stack gap="sm">
          <p className="quiet" style={{ margin: 0 }}>
            {t('stepUp.text')}
          </p>
          {ways.data?.length === 0 ? (
            // Who came by a provider and has no factor here: the provider’s proof is fresh for a few minutes.
            <p style={{ margin: 0 }}>{t('sso.proveByEntering')}</p>
          ) : recovery ? (
            <TextInput
              label={t('signIn.recoveryCode')}
              autoComplete="off"
              autoFocus
              value={code}
              onChange={(event) => setCode(event.currentTarget.value)}
              classNames={{ input: 'mono' }}
            />
          ) : (
            <CodeInput
              label={t('signIn.code')}
              value={code}
              onChange={setCode}
              onFull={(value) => prove.mutate(value)}
              disabled={prove.isPending}
            />
          )}
          <ProblemAlert problem={prove.error ?? byKey.error} />
          {hasKey && (
            <Button
              variant="default"
              loading={byKey.isPending}
              onClick={() => {
                prove.reset();
                byKey.mutate();
              }}
            >
              {t('passkeys.use')}
            </Button>
          )}
          <Anchor
            component="button"
            type="button"
            size="sm"
            ta="left"
            onClick={() => {
              setCode('');
              prove.reset();
              setRecovery(!recovery);
            }}
          >
            {recovery ? t('stepUp.useApp') : t('stepUp.useRecovery')}
          </Anchor>
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onCancel}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={prove.isPending} disabled={code.trim().length < 6}>
              {t('stepUp.confirm')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
