/** A new contact or company. */
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { AnchorLink } from '../app/links.tsx';
import { useCan, useSession } from '../app/session.tsx';
import { useTitle } from '../app/title.ts';
import { useTranslation } from '../i18n/index.ts';
import { PageHeader } from '../ui/PageHeader.tsx';
import { NoRight } from '../ui/states.tsx';
import { tellDone } from '../ui/tell.ts';
import type { RecordKind, Values } from './kind.ts';
import { LeaveGuard } from './LeaveGuard.tsx';
import { RecordForm } from './RecordForm.tsx';
import classes from './records.module.css';
import { useKeepRecord } from './use-rows.ts';
import { blank, changesOf } from './values.ts';

export function RecordNew({ kind, start = {} }: { kind: RecordKind; start?: Values }) {
  const { t } = useTranslation();
  const can = useCan();
  useTitle(t(`${kind.plural}.createTitle`));
  if (!can(kind.permission('create'))) return <NoRight permission={kind.permission('create')} />;
  return <NewForm kind={kind} start={start} />;
}

function NewForm({ kind, start }: { kind: RecordKind; start: Values }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const can = useCan();
  const keep = useKeepRecord(kind);
  const { person } = useSession();
  const mayReassign = can(kind.permission('reassign'));
  const empty = blank(kind.declaration);
  const [first] = useState<Values>({
    ...empty,
    ownerId: person.id,
    departmentId: person.department?.id ?? null,
    ...start,
  });
  const [draft, setDraft] = useState<Values>(first);
  const [done, setDone] = useState(false);
  const create = useMutation({
    mutationFn: () => {
      const { ownerId, departmentId, ...values } = changesOf(kind.declaration, empty, draft);
      // Who may not hand clients over gets a client of one’s own; the server sees to it.
      return kind.create(
        mayReassign
          ? {
              ...values,
              ...(ownerId !== undefined && { ownerId }),
              ...(departmentId !== undefined && { departmentId }),
            }
          : values,
      );
    },
    onSuccess: (view) => {
      setDone(true);
      keep(view, true);
      tellDone(t(`${kind.plural}.createDone`));
      void navigate({ to: `${kind.path}/$id`, params: { id: view.id }, replace: true, ignoreBlocker: true });
    },
  });
  const dirty = Object.keys(changesOf(kind.declaration, first, draft)).length > 0;
  return (
    <div className="page" style={{ maxWidth: 880 }}>
      <PageHeader
        above={
          <nav className={classes['crumbs']}>
            <AnchorLink to={kind.path} inherit>
              ← {t(`${kind.plural}.title`)}
            </AnchorLink>
          </nav>
        }
        title={t(`${kind.plural}.createTitle`)}
      />
      <RecordForm
        kind={kind}
        draft={draft}
        onDraft={setDraft}
        existing={false}
        mayReassign={mayReassign}
        problem={create.error}
        busy={create.isPending}
        submitLabel={t(`${kind.plural}.createSubmit`)}
        onSubmit={() => create.mutate()}
        onCancel={() => void navigate({ to: kind.path })}
      />
      <LeaveGuard dirty={dirty && !done} />
    </div>
  );
}
