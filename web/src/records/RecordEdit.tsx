/** Editing: only what was changed is sent, with the version it was changed from. */
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { asProblem } from '../api/problem.ts';
import { useTranslation } from '../i18n/index.ts';
import { tellDone } from '../ui/tell.ts';
import { ConflictDialog } from './ConflictDialog.tsx';
import type { RecordKind, Values, View } from './kind.ts';
import { LeaveGuard } from './LeaveGuard.tsx';
import { RecordForm } from './RecordForm.tsx';
import { useKeepRecord } from './use-rows.ts';
import { changesOf } from './values.ts';

type RecordEditProps = { kind: RecordKind; view: View; onDone: () => void };

export function RecordEdit({ kind, view, onDone }: RecordEditProps) {
  const { t } = useTranslation();
  const keep = useKeepRecord(kind);
  // The version that the form was opened with; a newer one that arrives meanwhile must not slip under it.
  const [base] = useState(view);
  const [draft, setDraft] = useState<Values>(view);
  const [theirs, setTheirs] = useState<View | null>(null);
  const changes = changesOf(kind.declaration, base, draft);
  const dirty = Object.keys(changes).length > 0;
  const save = useMutation({
    mutationFn: ({ version, values }: { version: number; values: Values }) => kind.update(view.id, version, values),
    onSuccess: (saved) => {
      keep(saved, false);
      tellDone(t('common.saved'));
      onDone();
    },
    onError: async (thrown) => {
      const problem = asProblem(thrown);
      if (problem.code !== `${kind.name}.version_conflict`) return;
      setTheirs((problem.current as View | undefined) ?? (await kind.open(view.id)));
    },
  });
  const finish = (values: Values) => {
    if (Object.keys(values).length > 0) return save.mutate({ version: theirs?.version ?? base.version, values });
    if (theirs !== null) keep(theirs, false);
    onDone();
  };
  const isConflict = save.isError && asProblem(save.error).code === `${kind.name}.version_conflict`;
  return (
    <>
      <RecordForm
        kind={kind}
        draft={draft}
        onDraft={setDraft}
        existing
        mayReassign={view.abilities.reassign}
        problem={isConflict ? null : save.error}
        busy={save.isPending}
        submitLabel={t('records.saveChanges')}
        onSubmit={() => finish(changes)}
        onCancel={onDone}
        note={dirty ? undefined : t('records.nothingChanged')}
      />
      <LeaveGuard dirty={dirty && !save.isSuccess} />
      {theirs !== null && (
        <ConflictDialog
          key={theirs.version}
          kind={kind}
          base={base}
          mine={changes}
          theirs={theirs}
          busy={save.isPending}
          onChoose={finish}
          onCancel={() => setTheirs(null)}
        />
      )}
    </>
  );
}
