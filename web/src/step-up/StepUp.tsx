/** Confirm that it is you: before clients leave the house, rights change, or a protection is turned down. */
import { Button, Group, Modal, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { call } from '../api/call.ts';
import { useTranslation } from '../i18n/index.ts';
import { stepUpByPasskey } from '../passkeys/ask-key.ts';
import { FactorField, KeyInstead, OtherCodes, useSecondFactor } from '../sign-in/SecondFactor.tsx';
import { ProblemAlert } from '../ui/ProblemAlert.tsx';

type StepUpProps = {
  onProved: () => void;
  onCancel: () => void;
  /** What it is for, where it is not an act that waits. */
  text?: string;
};

const others = { totp: 'stepUp.useApp', sms: 'sms.use', recovery: 'stepUp.useRecovery' } as const;

export default function StepUp({ onProved, onCancel, text }: StepUpProps) {
  const { t } = useTranslation();
  const ways = useQuery({
    queryKey: ['step-up'],
    queryFn: async () => (await call('GET /api/v1/step-up', {})).ways,
    staleTime: 0,
  });
  const factor = useSecondFactor<unknown>({
    byCode: (code) => call('POST /api/v1/step-up', { body: { code } }),
    byKey: stepUpByPasskey,
    sendSms: () => call('POST /api/v1/step-up/sms', {}),
    bySms: (code) => call('POST /api/v1/step-up/sms/code', { body: { code } }),
    ways: ways.data,
    onProved,
  });
  return (
    <Modal opened onClose={onCancel} title={t('stepUp.title')} closeButtonProps={{ 'aria-label': t('common.close') }}>
      <form onSubmit={factor.submit}>
        <Stack gap="sm">
          <p className="quiet" style={{ margin: 0 }}>
            {text ?? t('stepUp.text')}
          </p>
          {ways.data?.length === 0 ? (
            // Who came by a provider and has no factor here: the provider’s proof is fresh for a few minutes.
            <p style={{ margin: 0 }}>{t('sso.proveByEntering')}</p>
          ) : (
            <FactorField factor={factor} />
          )}
          <ProblemAlert problem={factor.problem} />
          <KeyInstead factor={factor} offered={ways.data?.includes('passkey') === true} />
          <OtherCodes factor={factor} words={(words, kind) => words(others[kind])} />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onCancel}>
              {t('common.cancel')}
            </Button>
            {factor.typing && (
              <Button type="submit" loading={factor.busy} disabled={!factor.ready}>
                {t('stepUp.confirm')}
              </Button>
            )}
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
