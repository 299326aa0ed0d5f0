/** One contact or company: to read, to edit, to put into the trash and take out of it. */
import { Alert, Button } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { IconEraser, IconPencil, IconRestore, IconShare, IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { lazy, Suspense, useState } from 'react';
import { asProblem } from '../api/problem.ts';
import { AnchorLink, ButtonLink } from '../app/links.tsx';
import { useCan } from '../app/session.tsx';
import { useTitle } from '../app/title.ts';
import { useTranslation, useWords } from '../i18n/index.ts';
import { useDates } from '../ui/dates.ts';
import { PageHeader } from '../ui/PageHeader.tsx';
import { ProblemText, useProblemText } from '../ui/ProblemAlert.tsx';
import { Failed, LoadingLines, NoRight, State } from '../ui/states.tsx';
import { tellDone, tellProblem } from '../ui/tell.ts';
import { isDrawn } from './closed.ts';
import { FieldValue } from './FieldValue.tsx';
import type { RecordKind, Shared, View } from './kind.ts';
import { useLookups } from './lookups.tsx';
import { MaskedValue } from './MaskedValue.tsx';
import { RecordEdit } from './RecordEdit.tsx';
import { RecordHistory } from './RecordHistory.tsx';
import { RecordViewers } from './RecordViewers.tsx';
import { RecordShares } from './sharing/RecordShares.tsx';
import classes from './records.module.css';
import { StageBadge } from './StageBadge.tsx';
import { useKeepRecord } from './use-rows.ts';
import { isEmpty, textOf } from './values.ts';

const EraseDialog = lazy(() => import('../erasure/EraseDialog.tsx'));

type RecordPageProps = { kind: RecordKind; id: string; beside?: ReactNode };

export function RecordPage({ kind, id, beside }: RecordPageProps) {
  const { t } = useTranslation();
  const can = useCan();
  useTitle(t(`${kind.plural}.one`));
  const query = useQuery({
    queryKey: [kind.plural, 'one', id],
    queryFn: () => kind.open(id),
    enabled: can(kind.permission('read')),
    staleTime: 5_000,
    // Never under somebody’s hands: a form that is open keeps the version it was opened with.
    refetchOnReconnect: false,
  });
  if (!can(kind.permission('read'))) return <NoRight permission={kind.permission('read')} />;
  if (query.isPending)
    return (
      <div className="page">
        <LoadingLines rows={9} />
      </div>
    );
  if (query.isError) return <NotOpened kind={kind} problem={query.error} retry={() => void query.refetch()} />;
  return <OpenRecord kind={kind} view={query.data} beside={beside} />;
}

function NotOpened({ kind, problem, retry }: { kind: RecordKind; problem: unknown; retry: () => void }) {
  const { t } = useTranslation();
  const gone = asProblem(problem).code === `${kind.name}.not_found`;
  return (
    <div className="page">
      {gone ? (
        <State page drawing="nothing" title={t('notFound.title')} text={<ProblemText problem={problem} />}>
          <ButtonLink to={kind.path} variant="default">
            {t('records.outOfTrash')}
          </ButtonLink>
        </State>
      ) : (
        <Failed page problem={problem} retry={retry} />
      )}
    </div>
  );
}

function OpenRecord({ kind, view, beside }: { kind: RecordKind; view: View; beside?: ReactNode }) {
  const { t } = useTranslation();
  const keep = useKeepRecord(kind);
  const textOf = useProblemText();
  const [editing, setEditing] = useState(false);
  const [erasing, setErasing] = useState(false);
  const can = useCan();
  const edit = (on: boolean) => {
    setEditing(on);
    document.getElementById('main')?.scrollTo(0, 0);
  };
  const { abilities, archivedAt } = view;
  const inTrash = archivedAt !== null;
  const dates = useDates();
  const name = kind.nameOf(view) || t('records.noName');
  const move = useMutation({
    mutationFn: (to: 'archive' | 'restore') => kind[to](view.id),
    onSuccess: (moved, to) => {
      keep(moved, true);
      tellDone(t(to === 'archive' ? 'records.archived' : 'records.restored'));
    },
    onError: (thrown) => tellProblem(textOf(thrown)),
  });
  useHotkeys([['E', () => !editing && abilities.update && !inTrash && edit(true)]]);

  const crumbs = (
    <nav className={classes['crumbs']}>
      <AnchorLink to={kind.path} search={inTrash ? { trash: true } : {}} inherit>
        ← {t(inTrash ? `${kind.plural}.trashTitle` : `${kind.plural}.title`)}
      </AnchorLink>
    </nav>
  );
  return (
    <div className="page">
      {erasing && (
        <Suspense fallback={null}>
          <EraseDialog kind={kind} id={view.id} name={name} onClose={() => setErasing(false)} />
        </Suspense>
      )}
      <PageHeader
        above={crumbs}
        title={name}
        intro={
          <span className={classes['under']}>
            {isDrawn(view.closed, 'stage') && <StageBadge stage={String(view['stage'])} />}
            {['position', 'companyName', 'edrpou'].map((field) =>
              isEmpty(view[field]) ? null : <span key={field}>{String(view[field])}</span>,
            )}
          </span>
        }
      >
        {!editing && inTrash && abilities.archive && (
          <Button
            loading={move.isPending}
            leftSection={<IconRestore size={16} aria-hidden />}
            onClick={() => move.mutate('restore')}
          >
            {t('records.restore')}
          </Button>
        )}
        {!editing && inTrash && can(kind.permission('erase')) && (
          <Button
            variant="default"
            color="brick"
            leftSection={<IconEraser size={16} aria-hidden />}
            onClick={() => setErasing(true)}
          >
            {t('erasure.button')}
          </Button>
        )}
        {!editing && !inTrash && abilities.archive && (
          <Button
            variant="default"
            loading={move.isPending}
            leftSection={<IconTrash size={16} aria-hidden />}
            onClick={() => move.mutate('archive')}
          >
            {t('records.toTrash')}
          </Button>
        )}
        {!editing && !inTrash && abilities.update && (
          <Button leftSection={<IconPencil size={16} aria-hidden />} onClick={() => edit(true)}>
            {t('common.edit')}
          </Button>
        )}
      </PageHeader>
      {inTrash && (
        <Alert
          color="amber"
          variant="light"
          className={classes['trashNote'] ?? ''}
          icon={<IconTrash size={18} aria-hidden />}
        >
          {t('records.archivedOn', { date: dates.moment(archivedAt) })}
        </Alert>
      )}
      {view.shared !== undefined && <SharedNote shared={view.shared} />}
      {editing ? (
        <RecordEdit kind={kind} view={view} onDone={() => edit(false)} />
      ) : (
        <Details kind={kind} view={view} beside={beside} />
      )}
    </div>
  );
}

/** Why this client is here although somebody else is responsible. */
function SharedNote({ shared: { byId, right, until } }: { shared: Shared }) {
  const { t } = useTranslation();
  const dates = useDates();
  const name = useLookups().personName(byId);
  return (
    <Alert variant="light" className={classes['trashNote'] ?? ''} icon={<IconShare size={18} aria-hidden />}>
      {t('sharing.withMe', { name, right: t(`sharing.rightsOf.${right}`), until: dates.moment(until) })}
    </Alert>
  );
}

function Details({ kind, view, beside }: { kind: RecordKind; view: View; beside: ReactNode }) {
  const { t } = useTranslation();
  const words = useWords();
  const can = useCan();
  const dates = useDates();
  const lookups = useLookups();
  const labels = kind.labels(words);
  // A company is one thing to the eye: the card when there is one, else its name as it was written down.
  const other = isEmpty(view['companyId']) ? 'companyId' : 'companyName';
  const shown = (fields: readonly string[]) => fields.filter((name) => name !== other && isDrawn(view.closed, name));
  const groups = kind.groups.filter((group) => shown(group.fields).length > 0);
  return (
    <div className={classes['record']}>
      <div className={classes['column']}>
        {groups.map((group) => (
          <section key={group.title} className={`panel ${classes['group']}`} aria-label={t(`records.${group.title}`)}>
            <h2>{t(`records.${group.title}`)}</h2>
            <dl className={classes['pairs']}>
              {shown(group.fields).map((name) => {
                const field = kind.declaration.fields[name];
                if (field === undefined) return null;
                return (
                  <div key={name} style={{ display: 'contents' }}>
                    <dt>{labels[name]}</dt>
                    <dd>
                      {view.closed[name] === 'masked' ? (
                        <MaskedValue
                          kind={kind}
                          id={view.id}
                          name={name}
                          field={field}
                          label={labels[name] ?? name}
                          value={view[name]}
                          lookups={lookups}
                        />
                      ) : (
                        <FieldValue
                          name={name}
                          field={field}
                          value={view[name]}
                          lookups={lookups}
                          companyName={textOf(view['companyName'])}
                        />
                      )}
                    </dd>
                  </div>
                );
              })}
            </dl>
          </section>
        ))}
      </div>
      <div className={classes['column']}>
        {beside}
        <RecordShares kind={kind} view={view} />
        <RecordViewers kind={kind} id={view.id} version={view.version} />
        {can('audit.read') && <RecordHistory kind={kind} view={view} />}
        <section className={`panel ${classes['group']}`} aria-label={t('records.details')}>
          <h2>{t('records.details')}</h2>
          <div className="quiet">
            {t('records.createdAt', { when: dates.moment(view.createdAt) })}
            <br />
            {t('records.updatedAt', { when: dates.moment(view.updatedAt) })}
            <br />
            {t('records.version', { version: view.version })}
            {!view.abilities.update && view.archivedAt === null && (
              <>
                <br />
                {t('records.cannotEdit')}
              </>
            )}
          </div>
        </section>
      </div>
    </div>
  );
}
