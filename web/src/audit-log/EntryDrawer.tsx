/** One entry of the audit log, whole: circumstances, before and after, and where to look next. */
import { Alert, Anchor, Button, Drawer, Table } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { call } from '../api/call.ts';
import { AnchorLink } from '../app/links.tsx';
import type { AuditSearch } from '../app/search.ts';
import type { AuditChangeView, AuditEntryView, Permission, ReadyRole, Words } from '../contract.ts';
import { company, contact } from '../contract.ts';
import { useTranslation, useWords } from '../i18n/index.ts';
import { FieldValue } from '../records/FieldValue.tsx';
import { useLookups } from '../records/lookups.tsx';
import { textOf } from '../records/values.ts';
import { addressText } from '../ui/address-text.ts';
import cards from '../ui/card-table.module.css';
import { useDates } from '../ui/dates.ts';
import { ProblemAlert } from '../ui/ProblemAlert.tsx';
import { ScrollRegion } from '../ui/ScrollRegion.tsx';
import { LoadingLines } from '../ui/states.tsx';
import classes from './audit.module.css';
import { EntryProof } from './EntryProof.tsx';
import { byJob, isPerson, pathOf, reasonOf, whatOf, whoOf } from './sentence.ts';
import { waysOn } from './ways-on.ts';

const AddDialog = lazy(() => import('./investigations/AddDialog.tsx'));
const SeenDialog = lazy(() => import('./SeenDialog.tsx'));

type EntryDrawerProps = { entry: AuditEntryView; onClose: () => void; onChange: (part: AuditSearch) => void };

export function EntryDrawer({ entry, onClose, onChange }: EntryDrawerProps) {
  const { t } = useTranslation();
  const words = useWords();
  const dates = useDates();
  const query = useQuery({
    queryKey: ['audit', 'one', entry.id],
    queryFn: () => call('GET /api/v1/audit-entries/:id', { params: { id: entry.id } }),
    staleTime: Infinity,
  });
  const [seeing, setSeeing] = useState(false);
  const [adding, setAdding] = useState(false);
  const refused = entry.outcome === 'refused';
  const actor = whoOf(entry, t);
  const {
    actor: { id: actorId, role },
    sessionId,
    apiKeyId,
  } = entry;
  // What a program did by a key is found and shown as what was done in a session is.
  const within = sessionId ?? apiKeyId;
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size={560}
      title={t('audit.details')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <div className={classes['head']} data-refused={refused || undefined}>
        <strong>{whatOf(entry, words)}</strong>
        {actor} · {dates.exact(entry.at)}
      </div>
      <dl className={classes['facts']}>
        <Fact name={t('audit.outcome')} value={t(refused ? 'audit.refused' : 'audit.done')} />
        <Fact name={t('audit.reason')} value={reasonOf(entry, words)} />
        <Fact name={t('audit.level')} value={t(`audit.levels.${entry.level}`)} />
        <Fact name={t('audit.role')} value={role === null ? '' : rolesInWords(role, words)} />
        <Fact name={t('audit.address')} value={addressText(entry.address ?? '', t)} />
        <Fact name={t('audit.device')} value={entry.device ?? ''} />
        <Fact name={t('past.key')} value={apiKeyId ?? ''} />
        <Fact name={t('audit.request')} value={entry.requestId ?? entry.cause?.request ?? ''} />
        <Fact name={t('past.later')} value={entry.cause === undefined ? '' : byJob(entry.cause.job, t)} />
        <Subjects entry={entry} onChange={onChange} />
        {Object.entries(entry.facts).map(([name, value]) => (
          <FactOf key={name} name={name} value={value} />
        ))}
      </dl>
      <Button variant="light" size="compact-sm" mb="md" aria-haspopup="dialog" onClick={() => setAdding(true)}>
        {t('investigations.add')}
      </Button>
      {adding && (
        <Suspense fallback={null}>
          <AddDialog what={{ entryIds: [entry.id] }} onClose={() => setAdding(false)} />
        </Suspense>
      )}
      {query.isPending && <LoadingLines rows={3} />}
      <ProblemAlert problem={query.error} />
      {query.data !== undefined && (
        <Changes
          kind={entry.subjectKind}
          changes={query.data.changes}
          open={query.data.changesOpen}
          erased={query.data.changesErased}
        />
      )}
      <div className={classes['subjects']}>
        {actorId !== null && (
          <Anchor component="button" type="button" ta="left" onClick={() => onChange({ actorId })}>
            {t('audit.onlyActor')}
          </Anchor>
        )}
        {sessionId !== null && (
          <Anchor component="button" type="button" ta="left" onClick={() => onChange({ sessionId })}>
            {t('audit.onlySession')}
          </Anchor>
        )}
        {apiKeyId !== undefined && (
          <Anchor component="button" type="button" ta="left" onClick={() => onChange({ apiKeyId })}>
            {t('past.onlyKey')}
          </Anchor>
        )}
        {within !== undefined && (
          <Anchor component="button" type="button" ta="left" aria-haspopup="dialog" onClick={() => setSeeing(true)}>
            {t(sessionId === null ? 'past.seenByKey' : 'past.seen')}
          </Anchor>
        )}
        <SameCircumstances entry={entry} onChange={onChange} />
      </div>
      <EntryProof id={entry.id} />
      {seeing && within !== undefined && (
        <Suspense fallback={null}>
          <SeenDialog sessionId={within} byKey={sessionId === null} onClose={() => setSeeing(false)} />
        </Suspense>
      )}
      {query.data !== undefined && (
        <details style={{ marginTop: 18 }}>
          <summary className="quiet">{t('audit.entryBytes')}</summary>
          <ScrollRegion label={t('audit.entryBytes')}>
            <div className={`mono ${classes['bytes']}`}>{query.data.bytes}</div>
          </ScrollRegion>
        </details>
      )}
    </Drawer>
  );
}

function SameCircumstances({ entry, onChange }: { entry: AuditEntryView; onChange: (part: AuditSearch) => void }) {
  const { t } = useTranslation();
  return waysOn(entry).map(({ name, label }) => (
    <Anchor
      key={name}
      component="button"
      type="button"
      ta="left"
      onClick={() => onChange({ [name]: entry.id, ...(name === 'requestOf' && { timeline: true }) })}
    >
      {t(`audit.${label}`)}
    </Anchor>
  ));
}

function Fact({ name, value }: { name: string; value: string }) {
  if (value === '') return null;
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}

const knownFacts = [
  'count',
  'format',
  'permission',
  'role',
  'from',
  'to',
  'before',
  'after',
  'rows',
  'kind',
  'version',
  'route',
  'field',
  'fields',
  'method',
  'scope',
  'filters',
  'batch',
  'read',
  'created',
  'updated',
  'skipped',
  'rejected',
  'deleted',
  'restored',
  'reverted',
  'kept',
  'page',
  'last',
  'sessionsEnded',
  'factor',
  'recoveryCodes',
  'sizeBytes',
  'step',
  'import',
  'export',
  'invitation',
  'replacedBy',
  'own',
  'renamed',
  'asked',
  'unwritten',
  'times',
  'firstAt',
  'lastAt',
  'addresses',
  'moved',
  'parentId',
] as const;

function FactOf({ name, value }: { name: string; value: unknown }) {
  const { t } = useTranslation();
  const words = useWords();
  const dates = useDates();
  const known = knownFacts.find((fact) => fact === name);
  const text = (one: unknown): string => {
    if (typeof one === 'boolean') return t(one ? 'audit.yes' : 'audit.no');
    if (typeof one !== 'string') return Array.isArray(one) ? one.map(text).join(', ') : (JSON.stringify(one) ?? '');
    return (
      words.permissions[one as Permission] ??
      words.roles[one as ReadyRole] ??
      words.contactFields[one as keyof typeof words.contactFields] ??
      one
    );
  };
  const isMoment = name === 'firstAt' || name === 'lastAt';
  const shown = isMoment && typeof value === 'string' ? dates.exact(value) : text(value);
  return <Fact name={known === undefined ? name : t(`audit.fact.${known}`)} value={shown} />;
}

/** Keys of ready roles in words, names of others as they are. */
const rolesInWords = (roles: string, words: Pick<Words, 'roles'>): string =>
  roles
    .split(', ')
    .map((role) => words.roles[role as ReadyRole] ?? role)
    .join(', ');

const subjectsShownMax = 8;

function Subjects({ entry, onChange }: { entry: AuditEntryView; onChange: (part: AuditSearch) => void }) {
  const { t } = useTranslation();
  const path = pathOf(entry.subjectKind);
  if (entry.subjectIds.length === 0) return null;
  return (
    <>
      <dt>{t(isPerson(entry.subjectKind) ? 'audit.subject' : 'audit.subjectThing')}</dt>
      <dd className={classes['subjects']}>
        {entry.subjectCount > 1 && <span>{t('audit.records', { count: entry.subjectCount })}</span>}
        {entry.subjectIds.slice(0, subjectsShownMax).map((id) => (
          <span key={id}>
            {path === undefined ? (
              <span className="mono">{id}</span>
            ) : (
              <AnchorLink to={path} params={{ id }} className="mono" size="sm">
                {id}
              </AnchorLink>
            )}
          </span>
        ))}
        {entry.subjectIds.length > subjectsShownMax && <span className="quiet">…</span>}
        {entry.subjectIds.length === 1 && (
          <Anchor
            component="button"
            type="button"
            ta="left"
            onClick={() => onChange({ subjectId: entry.subjectIds[0] ?? '' })}
          >
            {t('audit.onlySubject')}
          </Anchor>
        )}
      </dd>
    </>
  );
}

type ChangesProps = { kind: string | null; changes: AuditChangeView[]; open: boolean; erased: boolean };

function Changes({ kind, changes, open, erased }: ChangesProps) {
  const { t } = useTranslation();
  const words = useWords();
  if (!open) {
    return (
      <Alert color="gray" variant="light" mb="md">
        {t(erased ? 'audit.changesErased' : 'audit.changesClosed')}
      </Alert>
    );
  }
  if (changes.length === 0) return null;
  const labels: Readonly<Record<string, string>> = kind === 'company' ? words.companyFields : words.contactFields;
  return (
    <>
      <h3 style={{ margin: '0 0 6px', fontSize: '0.95rem' }}>{t('audit.changes')}</h3>
      <Table mb="md" verticalSpacing={6} className={cards['cards']}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('audit.field')}</Table.Th>
            <Table.Th>{t('audit.before')}</Table.Th>
            <Table.Th>{t('audit.after')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {changes.map((change) => (
            <Table.Tr key={change.field}>
              <Table.Th scope="row">
                {labels[change.field] ?? (change.field === 'reason' ? t('audit.reason') : change.field)}
              </Table.Th>
              <Table.Td data-label={t('audit.before')}>
                <span className={classes['before']}>
                  <ChangeValue kind={kind} field={change.field} value={change.before} />
                </span>
              </Table.Td>
              <Table.Td data-label={t('audit.after')}>
                <span className={classes['after']}>
                  <ChangeValue kind={kind} field={change.field} value={change.after} />
                </span>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </>
  );
}

function ChangeValue({ kind, field, value }: { kind: string | null; field: string; value: unknown }) {
  const words = useWords();
  const lookups = useLookups();
  const fields: Readonly<
    Record<
      string,
      (typeof contact.fields)[keyof typeof contact.fields] | (typeof company.fields)[keyof typeof company.fields]
    >
  > = kind === 'company' ? company.fields : kind === 'contact' ? contact.fields : {};
  const declared = fields[field];
  if (declared !== undefined) return <FieldValue name={field} field={declared} value={value} lookups={lookups} short />;
  if (value === null || value === undefined || value === '') return '—';
  if (field === 'role') return rolesInWords(textOf(value), words);
  if (field === 'departmentId') return lookups.departmentName(value) || textOf(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}
