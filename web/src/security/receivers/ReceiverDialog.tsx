/** A receiver is added or changed. Certificates and keys are written here and only their names are shown again. */
import { Button, Checkbox, Group, Modal, NativeSelect, Stack, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { asProblem } from '../../api/problem.ts';
import type { ForwardForm, ForwardKind, ForwardView } from '../../contract.ts';
import { useTranslation } from '../../i18n/index.ts';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { tellDone } from '../../ui/tell.ts';
import { formWords, kindWords, receiversKey } from './receiver-words.ts';

type DialogProps = { one?: ForwardView; onClose: () => void; onSecret: (secret: string) => void };

export function ReceiverDialog({ one, onClose, onSecret }: DialogProps) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [kind, setKind] = useState<ForwardKind>(one?.kind ?? 'syslog');
  const [form, setForm] = useState<ForwardForm>(one?.form ?? 'ocsf');
  const [address, setAddress] = useState('');
  const [authority, setAuthority] = useState('');
  const [dropsAuthority, setDropsAuthority] = useState(false);
  const [certificate, setCertificate] = useState('');
  const [key, setKey] = useState('');
  const [dropsClient, setDropsClient] = useState(false);
  const [withNames, setWithNames] = useState(one?.withNames ?? false);
  const [from, setFrom] = useState<'now' | 'beginning'>('now');
  const isFile = kind === 'file';
  const save = useMutation({
    mutationFn: () => {
      const body = {
        form,
        withNames,
        ...(isFile || address.trim() === '' ? {} : { address: address.trim() }),
        ...(isFile || authority.trim() === '' ? {} : { authority: authority.trim() }),
        ...(kind !== 'syslog' || (certificate.trim() === '' && key.trim() === '')
          ? {}
          : { client: { certificate: certificate.trim(), key: key.trim() } }),
      };
      if (one === undefined) return call('POST /api/v1/security/forwards', { body: { ...body, kind, from } });
      const dropped = { ...(dropsAuthority ? { authority: null } : {}), ...(dropsClient ? { client: null } : {}) };
      return call('PATCH /api/v1/security/forwards/:id', { params: { id: one.id }, body: { ...body, ...dropped } });
    },
    onSuccess: async ({ secret }) => {
      await queries.invalidateQueries({ queryKey: receiversKey });
      tellDone(t(one === undefined ? 'receivers.added' : 'receivers.saved'));
      onClose();
      if (secret !== null) onSecret(secret);
    },
  });
  const isReady = isFile || one !== undefined || address.trim() !== '';
  const wrong = save.isError ? asProblem(save.error).field : undefined;
  return (
    <Modal
      opened
      onClose={onClose}
      size={560}
      title={t(one === undefined ? 'receivers.addTitle' : 'receivers.editTitle')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady) save.mutate();
        }}
      >
        <Stack gap="sm">
          {one === undefined && (
            <NativeSelect
              label={t('receivers.kind')}
              value={kind}
              data={(Object.keys(kindWords) as ForwardKind[]).map((value) => ({ value, label: t(kindWords[value]) }))}
              onChange={({ currentTarget: { value } }) => setKind(value as ForwardKind)}
            />
          )}
          {isFile ? (
            <p className="quiet">{t('receivers.fileHint')}</p>
          ) : (
            <TextInput
              label={t('receivers.address')}
              description={
                one === undefined
                  ? t(kind === 'syslog' ? 'receivers.syslogHint' : 'receivers.webhookHint')
                  : t('receivers.addressKept', { address: one.address })
              }
              maxLength={500}
              autoComplete="off"
              error={wrong === 'address'}
              value={address}
              onChange={({ currentTarget: { value } }) => setAddress(value)}
            />
          )}
          <NativeSelect
            label={t('receivers.form')}
            value={form}
            data={(Object.keys(formWords) as ForwardForm[]).map((value) => ({ value, label: t(formWords[value]) }))}
            onChange={({ currentTarget: { value } }) => setForm(value as ForwardForm)}
          />
          {!isFile && !dropsAuthority && (
            <Pem
              label={t('receivers.authorityLabel')}
              hint={t(one?.ownAuthority === true ? 'receivers.authorityKept' : 'receivers.authorityHint')}
              isWrong={wrong === 'authority'}
              value={authority}
              onChange={setAuthority}
            />
          )}
          {one?.ownAuthority === true && (
            <Checkbox
              label={t('receivers.authorityDrop')}
              checked={dropsAuthority}
              onChange={({ currentTarget: { checked } }) => setDropsAuthority(checked)}
            />
          )}
          {kind === 'syslog' && !dropsClient && (
            <>
              <Pem
                label={t('receivers.clientLabel')}
                hint={t(one?.client ? 'receivers.authorityKept' : 'receivers.clientHint')}
                isWrong={wrong === 'client'}
                value={certificate}
                onChange={setCertificate}
              />
              {certificate.trim() !== '' && (
                <Pem
                  label={t('receivers.clientKey')}
                  hint={t('receivers.clientKeyHint')}
                  isWrong={wrong === 'client'}
                  value={key}
                  onChange={setKey}
                />
              )}
            </>
          )}
          {one !== undefined && one.client !== null && (
            <Checkbox
              label={t('receivers.clientDrop')}
              checked={dropsClient}
              onChange={({ currentTarget: { checked } }) => setDropsClient(checked)}
            />
          )}
          <Checkbox
            label={t('receivers.withNames')}
            description={t('receivers.withNamesHint')}
            checked={withNames}
            onChange={({ currentTarget: { checked } }) => setWithNames(checked)}
          />
          {one === undefined && (
            <NativeSelect
              label={t('receivers.from')}
              value={from}
              data={[
                { value: 'now', label: t('receivers.fromNow') },
                { value: 'beginning', label: t('receivers.fromBeginning') },
              ]}
              onChange={({ currentTarget: { value } }) => setFrom(value === 'beginning' ? 'beginning' : 'now')}
            />
          )}
          <ProblemAlert problem={save.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={save.isPending} disabled={!isReady}>
              {t(one === undefined ? 'receivers.add' : 'receivers.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

type PemProps = { label: string; hint: string; isWrong: boolean; value: string; onChange: (value: string) => void };

function Pem({ label, hint, isWrong, value, onChange }: PemProps) {
  return (
    <Textarea
      label={label}
      description={hint}
      placeholder="-----BEGIN"
      error={isWrong}
      autosize
      minRows={2}
      maxRows={6}
      maxLength={20_000}
      autoComplete="off"
      spellCheck={false}
      classNames={{ input: 'mono' }}
      value={value}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}
