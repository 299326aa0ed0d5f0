/** What can be done with the chosen rows at once: a bar over the list, and a dialog that says how many before it is done. */
import { Button, Group, Modal, NativeSelect, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { asProblem } from '../api/problem.ts';
import { useCan } from '../app/session.tsx';
import type { BulkActValue } from '../contract.ts';
import { contactStages } from '../contract.ts';
import { useTranslation, useWords } from '../i18n/index.ts';
import { ProblemAlert } from '../ui/ProblemAlert.tsx';
import { tellDone } from '../ui/tell.ts';
import type { RecordKind, Row } from './kind.ts';
import type { Lookups } from './lookups.tsx';
import classes from './records.module.css';

type Act = BulkActValue['do'];
/** Rows in one act, as the server says. */
const rowsMax = 1000;

type BulkBarProps = {
  kind: RecordKind;
  trash: boolean;
  chosen: ReadonlyMap<string, Row>;
  loaded: readonly Row[];
  lookups: Lookups;
  onChoose: (rows: readonly Row[]) => void;
  onEnd: () => void;
};

export default function BulkBar({ kind, trash, chosen, loaded, lookups, onChoose, onEnd }: BulkBarProps) {
  const { t } = useTranslation();
  const can = useCan();
  const [asking, setAsking] = useState<Act | null>(null);
  const acts: readonly Act[] = trash
    ? can(kind.permission('archive'))
      ? ['restore']
      : []
    : [
        ...(can(kind.permission('reassign')) && can(kind.permission('update')) ? (['reassign'] as const) : []),
        ...(can(kind.permission('update')) ? (['stage', 'tags'] as const) : []),
        ...(can(kind.permission('archive')) ? (['archive'] as const) : []),
      ];
  return (
    <div className={classes['bulkBar']} role="region" aria-label={t('bulk.bar')}>
      <strong role="status">{t('bulk.chosen', { count: chosen.size })}</strong>
      <Button variant="subtle" size="compact-sm" onClick={() => onChoose(loaded.slice(0, rowsMax))}>
        {t('bulk.chooseShown')}
      </Button>
      {acts.map((act) => (
        <Button
          key={act}
          variant="default"
          size="compact-sm"
          disabled={chosen.size === 0 || chosen.size > rowsMax}
          onClick={() => setAsking(act)}
        >
          {t(`bulk.acts.${act}`)}
        </Button>
      ))}
      <Button variant="subtle" size="compact-sm" onClick={onEnd}>
        {t('bulk.end')}
      </Button>
      {asking !== null && (
        <BulkDialog
          kind={kind}
          act={asking}
          rows={[...chosen.values()]}
          lookups={lookups}
          onKeep={onChoose}
          onClose={() => setAsking(null)}
          onDone={() => {
            setAsking(null);
            onEnd();
          }}
        />
      )}
    </div>
  );
}

type BulkDialogProps = {
  kind: RecordKind;
  act: Act;
  rows: readonly Row[];
  lookups: Lookups;
  onKeep: (rows: readonly Row[]) => void;
  onClose: () => void;
  onDone: () => void;
};

function BulkDialog({ kind, act, rows, lookups, onKeep, onClose, onDone }: BulkDialogProps) {
  const { t } = useTranslation();
  const words = useWords();
  const client = useQueryClient();
  const [value, setValue] = useState('');
  const change = useMutation({
    mutationFn: () =>
      kind.bulk(
        actOf(act, value.trim()),
        rows.map(({ id, version }) => ({ id, version })),
      ),
    onSuccess: async ({ changed }) => {
      tellDone(t('bulk.done', { count: changed }));
      onDone();
      await client.resetQueries({ queryKey: [kind.plural] });
    },
  });
  const inTheWay = change.isError ? refusedIds(change.error) : new Set<string>();
  const ready = act === 'archive' || act === 'restore' || value.trim() !== '';
  const any = { value: '', label: t('bulk.choose') };
  return (
    <Modal
      opened
      onClose={onClose}
      title={t(`bulk.acts.${act}`)}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) change.mutate();
        }}
      >
        <Stack gap="sm">
          <span>{t(`bulk.asks.${act}`, { count: rows.length })}</span>
          {act === 'reassign' && (
            <NativeSelect
              label={t('bulk.owner')}
              data-autofocus
              value={value}
              onChange={(event) => setValue(event.currentTarget.value)}
              data={[
                any,
                ...lookups.people.filter(({ active }) => active).map(({ id, name }) => ({ value: id, label: name })),
              ]}
            />
          )}
          {act === 'stage' && (
            <NativeSelect
              label={t('bulk.stage')}
              data-autofocus
              value={value}
              onChange={(event) => setValue(event.currentTarget.value)}
              data={[any, ...contactStages.map((stage) => ({ value: stage, label: words.stages[stage] }))]}
            />
          )}
          {act === 'tags' && (
            <TextInput
              label={t('bulk.tag')}
              data-autofocus
              maxLength={60}
              value={value}
              onChange={(event) => setValue(event.currentTarget.value)}
            />
          )}
          <ProblemAlert problem={change.error} />
          {inTheWay.size > 0 && (
            <Button
              variant="default"
              onClick={() => {
                change.reset();
                onKeep(rows.filter(({ id }) => !inTheWay.has(id)));
              }}
            >
              {t('bulk.leaveOut', { count: inTheWay.size })}
            </Button>
          )}
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" disabled={!ready || rows.length === 0} loading={change.isPending}>
              {t('bulk.confirm', { count: rows.length })}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function actOf(act: Act, value: string): BulkActValue {
  switch (act) {
    case 'reassign':
      return { do: act, ownerId: value };
    case 'stage':
      return { do: act, stage: value as (typeof contactStages)[number] };
    case 'tags':
      return { do: act, add: [value] };
    default:
      return { do: act };
  }
}

/** The records that the server named as standing in the way. */
function refusedIds(error: unknown): ReadonlySet<string> {
  const current = asProblem(error).current as { refusals?: { id: string }[] } | undefined;
  return new Set(current?.refusals?.map(({ id }) => id));
}
