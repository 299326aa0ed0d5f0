/** A number for codes by SMS: warned about, then proved by its first code. */
import { Alert, Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { useTranslation } from '../../i18n/index.ts';
import { SmsCode } from '../../sign-in/SmsCode.tsx';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { tellDone } from '../../ui/tell.ts';

const codeLength = 6;

type AddNumberProps = {
  onClose: () => void;
  /** With the recovery codes of a first factor, shown once; none otherwise. */
  onAdded?: (recoveryCodes: string[]) => void;
};

export function AddNumber({ onClose, onAdded = onClose }: AddNumberProps) {
  const { t } = useTranslation();
  const [phone, setPhone] = useState('');
  const [code, setCode] = useState('');
  const begin = useMutation({
    mutationFn: () => call('POST /api/v1/sms-number/begin', { body: { phone: phone.trim() } }),
  });
  const add = useMutation({
    mutationFn: (typed: string) =>
      call('POST /api/v1/sms-number', { body: { ticket: begin.data?.ticket ?? '', code: typed } }),
    onSuccess: ({ recoveryCodes }) => {
      tellDone(t('factors.added'));
      onAdded(recoveryCodes);
    },
    onError: () => setCode(''),
  });
  const send = () => {
    add.reset();
    setCode('');
    begin.mutate();
  };
  const isSent = begin.data !== undefined;
  return (
    <Modal opened onClose={onClose} title={t('sms.title')} closeButtonProps={{ 'aria-label': t('common.close') }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!isSent && phone.trim() !== '') send();
          if (isSent && code.trim().length === codeLength) add.mutate(code.trim());
        }}
      >
        <Stack gap="sm">
          <Alert color="amber" variant="light">
            {t('sms.warning')}
          </Alert>
          {isSent ? (
            <SmsCode
              factor={{
                code,
                setCode,
                busy: add.isPending,
                send: (value) => add.mutate(value),
                sms: { sent: begin.data, busy: begin.isPending, awaited: false },
                sendSms: send,
              }}
            />
          ) : (
            <TextInput
              label={t('sms.phone')}
              placeholder={t('sms.phoneExample')}
              type="tel"
              autoComplete="tel"
              maxLength={40}
              data-autofocus
              value={phone}
              onChange={(event) => setPhone(event.currentTarget.value)}
            />
          )}
          <ProblemAlert problem={add.error ?? begin.error} />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            {isSent ? (
              <Button type="submit" loading={add.isPending} disabled={code.trim().length < codeLength}>
                {t('sms.take')}
              </Button>
            ) : (
              <Button type="submit" loading={begin.isPending} disabled={phone.trim() === ''}>
                {t('sms.sendTo')}
              </Button>
            )}
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
