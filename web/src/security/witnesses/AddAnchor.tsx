/** One more place outside: what kind it is decides what is asked. */
import { Button, Group, NativeSelect, NumberInput, PasswordInput, Stack, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import type { AnchorKind, AnchorSettingsValue } from '../../contract.ts';
import { useTranslation } from '../../i18n/index.ts';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { anchorsKey, kindWords } from './anchor-words.ts';

const empty = {
  address: '',
  roots: '',
  to: '',
  token: '',
  chat: '',
  region: '',
  bucket: '',
  prefix: '',
  accessKey: '',
  secretKey: '',
};
type Typed = typeof empty;
const kinds = Object.keys(kindWords) as AnchorKind[];
const paces = { '60': 'anchors.paces.hour', '1440': 'anchors.paces.day', '10080': 'anchors.paces.week' } as const;
const asked: Record<AnchorKind, readonly (keyof Typed)[]> = {
  letter: ['to'],
  telegram: ['token', 'chat'],
  stamp: ['address', 'roots'],
  bucket: ['address', 'region', 'bucket', 'prefix', 'accessKey', 'secretKey'],
};
const optional: readonly (keyof Typed)[] = ['prefix'];
const labels = {
  address: 'anchors.fields.address',
  roots: 'anchors.fields.roots',
  to: 'anchors.fields.to',
  token: 'anchors.fields.token',
  chat: 'anchors.fields.chat',
  region: 'anchors.fields.region',
  bucket: 'anchors.fields.bucket',
  prefix: 'anchors.fields.prefix',
  accessKey: 'anchors.fields.accessKey',
  secretKey: 'anchors.fields.secretKey',
} as const;

export function AddAnchor({ letters }: { letters: boolean }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [kind, setKind] = useState<AnchorKind>('letter');
  const [pace, setPace] = useState<keyof typeof paces>('1440');
  const [keepDays, setKeepDays] = useState(365);
  const [typed, setTyped] = useState(empty);
  const add = useMutation({
    mutationFn: () =>
      call('POST /api/v1/security/anchors', {
        body: { everyMinutes: Number(pace), settings: settingsOf(kind, typed, keepDays) },
      }),
    onSuccess: async () => {
      setTyped(empty);
      await client.invalidateQueries({ queryKey: anchorsKey });
    },
  });
  const missing = asked[kind].some((field) => !optional.includes(field) && typed[field].trim() === '');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        add.mutate();
      }}
    >
      <Stack gap="sm" maw={620} mt="md">
        <NativeSelect
          label={t('anchors.kind')}
          value={kind}
          onChange={({ currentTarget: { value } }) => setKind(value as AnchorKind)}
          data={kinds.map((value) => ({ value, label: t(kindWords[value]) }))}
        />
        {kind === 'letter' && !letters && <p className="quiet">{t('anchors.noMail')}</p>}
        {asked[kind].map((field) => (
          <Field
            key={field}
            field={field}
            value={typed[field]}
            onChange={(value) => setTyped((now) => ({ ...now, [field]: value }))}
          />
        ))}
        {kind === 'bucket' && (
          <NumberInput
            label={t('anchors.keepDays')}
            min={1}
            max={3650}
            value={keepDays}
            onChange={(value) => setKeepDays(Number(value) || 1)}
          />
        )}
        <NativeSelect
          label={t('anchors.pace')}
          value={pace}
          onChange={({ currentTarget: { value } }) => setPace(value as keyof typeof paces)}
          data={(Object.keys(paces) as (keyof typeof paces)[]).map((value) => ({ value, label: t(paces[value]) }))}
        />
        <ProblemAlert problem={add.error} />
        <Group>
          <Button type="submit" loading={add.isPending} disabled={missing || (kind === 'letter' && !letters)}>
            {t('anchors.add')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Field({ field, value, onChange }: { field: keyof Typed; value: string; onChange(value: string): void }) {
  const { t } = useTranslation();
  const given = { label: t(labels[field]), value };
  if (field === 'roots')
    return (
      <Textarea
        {...given}
        autosize
        minRows={3}
        maxRows={8}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
      />
    );
  if (field === 'token' || field === 'secretKey')
    return (
      <PasswordInput
        {...given}
        autoComplete="off"
        visibilityToggleButtonProps={{ 'aria-label': t('anchors.show') }}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
      />
    );
  return <TextInput {...given} onChange={({ currentTarget }) => onChange(currentTarget.value)} />;
}

function settingsOf(kind: AnchorKind, typed: Typed, keepDays: number): AnchorSettingsValue {
  const { address, roots, token, chat, region, bucket, prefix, accessKey, secretKey } = typed;
  if (kind === 'letter') return { letter: { to: typed.to.split(/[\s,;]+/).filter((one) => one !== '') } };
  if (kind === 'telegram') return { telegram: { token: token.trim(), chat: chat.trim() } };
  if (kind === 'stamp') return { stamp: { address, roots } };
  const folder = prefix.trim() === '' ? {} : { prefix: prefix.trim() };
  return {
    bucket: { address, region: region.trim(), bucket: bucket.trim(), ...folder, accessKey, secretKey, keepDays },
  };
}
