/** Entries go into an investigation that is open, with a note; or a filter does, under a title. A new one is opened on the way. */
import { Button, Group, Modal, NativeSelect, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import type { AuditFilterValue } from '../../contract.ts';
import { useTranslation } from '../../i18n/index.ts';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { Failed, LoadingLines } from '../../ui/states.tsx';
import { tellDone } from '../../ui/tell.ts';
import InvestigationDialog from './InvestigationDialog.tsx';
import { investigationsKey, openOnesQuery } from './queries.ts';

type AddProps = { what: { entryIds: string[] } | { filter: AuditFilterValue }; onClose: () => void };

export default function AddDialog({ what, onClose }: AddProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [chosen, setChosen] = useState<string | null>(null);
  const [text, setText] = useState('');
  const [opening, setOpening] = useState(false);
  const query = useQuery(openOnesQuery);
  const isFilter = 'filter' in what;
  const id = chosen ?? query.data?.rows[0]?.id;
  const add = useMutation({
    mutationFn: async (of: string) => {
      if (isFilter)
        await call('POST /api/v1/investigations/:id/filters', {
          params: { id: of },
          body: { title: text, filter: what.filter },
        });
      else
        await call('POST /api/v1/investigations/:id/marks', {
          params: { id: of },
          body: { entryIds: what.entryIds, note: text },
        });
    },
    onSuccess: async () => {
      tellDone(t(isFilter ? 'investigations.filterKept' : 'investigations.added'));
      await client.invalidateQueries({ queryKey: investigationsKey });
      onClose();
    },
  });
  if (opening)
    return (
      <InvestigationDialog
        onClose={() => setOpening(false)}
        onDone={(made) => {
          setChosen(made.id);
          setOpening(false);
        }}
      />
    );
  const many = !isFilter && what.entryIds.length > 1 ? what.entryIds.length : null;
  const title = () => {
    if (isFilter) return t('investigations.keepTitle');
    return many === null ? t('investigations.addTitle') : t('investigations.addMany', { count: many });
  };
  const body = () => {
    if (query.isPending) return <LoadingLines rows={4} />;
    if (query.isError) return <Failed problem={query.error} retry={() => void query.refetch()} />;
    const { rows } = query.data;
    return (
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (id !== undefined) add.mutate(id);
        }}
      >
        {rows.length === 0 && <p className="quiet">{t('investigations.whichNone')}</p>}
        {rows.length > 0 && (
          <NativeSelect
            label={t('investigations.which')}
            value={id}
            data={rows.map((one) => ({ value: one.id, label: one.name }))}
            onChange={(event) => setChosen(event.currentTarget.value)}
          />
        )}
        <Button
          mt="xs"
          ml={-9}
          size="compact-sm"
          variant="subtle"
          aria-haspopup="dialog"
          onClick={() => setOpening(true)}
        >
          {t('investigations.open')}
        </Button>
        {isFilter ? (
          <TextInput
            mt="sm"
            label={t('investigations.filterTitle')}
            autoComplete="off"
            required
            maxLength={200}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        ) : (
          <Textarea
            mt="sm"
            label={t('investigations.note')}
            description={t('investigations.noteHint')}
            autosize
            minRows={2}
            maxLength={2000}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        )}
        <ProblemAlert problem={add.error} />
        <Group justify="flex-end" gap="sm" mt="lg">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" loading={add.isPending} disabled={id === undefined || (isFilter && text.trim() === '')}>
            {t(isFilter ? 'investigations.keepFilter' : 'investigations.add')}
          </Button>
        </Group>
      </form>
    );
  };
  return (
    <Modal opened onClose={onClose} title={title()} closeButtonProps={{ 'aria-label': t('common.close') }}>
      {body()}
    </Modal>
  );
}
