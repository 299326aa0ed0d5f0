/** The form of a contact or a company, made from the declaration. */
import { Button } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { useEffect, useRef } from 'react';
import { asProblem } from '../api/problem.ts';
import { useTranslation, useWords } from '../i18n/index.ts';
import { ProblemAlert } from '../ui/ProblemAlert.tsx';
import { isWritten } from './closed.ts';
import { useClosed } from './use-closed.ts';
import { FieldEditor } from './FieldEditor.tsx';
import type { RecordKind, Values } from './kind.ts';
import { useLookups } from './lookups.tsx';
import classes from './records.module.css';
import { fieldOfPath, textOf } from './values.ts';

type RecordFormProps = {
  kind: RecordKind;
  draft: Values;
  onDraft: (change: (now: Values) => Values) => void;
  mayReassign: boolean;
  /** The record is there already: what is masked in it is not written. */
  existing: boolean;
  problem: unknown;
  busy: boolean;
  submitLabel: string;
  onSubmit: () => void;
  onCancel: () => void;
  note?: ReactNode;
};

const thirds = new Set([
  'lastName',
  'firstName',
  'middleName',
  'birthday',
  'legalBasis',
  'consentGivenOn',
  'stage',
  'ownerId',
  'departmentId',
]);
const reassigned = new Set(['ownerId', 'departmentId']);

export function RecordForm(props: RecordFormProps) {
  const { kind, draft, onDraft, mayReassign, existing, busy, onSubmit } = props;
  const { t } = useTranslation();
  const words = useWords();
  const lookups = useLookups();
  const form = useRef<HTMLFormElement>(null);
  const labels = kind.labels(words);
  const closed = useClosed(kind);
  const groups = kind.groups
    .map(({ title, fields }) => ({ title, fields: fields.filter((name) => isWritten(closed, name, existing)) }))
    .filter(({ fields }) => fields.length > 0);
  const problem = props.problem === null || props.problem === undefined ? null : asProblem(props.problem);
  const wrong = problem === null ? undefined : fieldOfPath(kind.declaration, problem.field);
  useHotkeys(
    [
      ['mod+S', () => form.current?.requestSubmit()],
      ['mod+Enter', () => form.current?.requestSubmit()],
    ],
    [],
  );
  useEffect(() => {
    if (problem !== null)
      form.current
        ?.querySelector<HTMLElement>('[aria-invalid="true"], [role="alert"]')
        ?.scrollIntoView({ block: 'center' });
  }, [problem]);

  return (
    <form
      ref={form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) onSubmit();
      }}
    >
      <div className={classes['column']}>
        {groups.map((group, groupIndex) => (
          <section key={group.title} className={`panel ${classes['group']}`} aria-label={t(`records.${group.title}`)}>
            <h2>{t(`records.${group.title}`)}</h2>
            <div className={classes['form']}>
              {group.fields.map((name, index) => {
                const field = kind.declaration.fields[name];
                if (field === undefined) return null;
                return (
                  <div
                    key={name}
                    data-third={thirds.has(name) || undefined}
                    data-wide={
                      ['phones', 'emails', 'text', 'tags'].includes(field.kind) ||
                      name === 'address' ||
                      name === 'name' ||
                      undefined
                    }
                  >
                    <FieldEditor
                      name={name}
                      field={field}
                      label={labels[name] ?? name}
                      value={draft[name]}
                      onChange={(value) => onDraft((now) => ({ ...now, [name]: value }))}
                      error={
                        name === wrong && problem !== null && problem.code in words.errors
                          ? words.errors[problem.code as keyof typeof words.errors]
                          : undefined
                      }
                      disabled={busy || (reassigned.has(name) && !mayReassign)}
                      autoFocus={groupIndex === 0 && index === 0}
                      lookups={lookups}
                      companyName={textOf(draft['companyName'])}
                      onCompanyName={(company) => onDraft((now) => ({ ...now, companyName: company }))}
                    />
                  </div>
                );
              })}
            </div>
          </section>
        ))}
      </div>
      <div className={`panel ${classes['saveBar']}`}>
        <Button type="submit" loading={busy}>
          {props.submitLabel}
        </Button>
        <Button variant="default" onClick={props.onCancel} disabled={busy}>
          {t('common.cancel')}
        </Button>
        <span className="quiet">{props.note}</span>
        <div style={{ flexBasis: problem === null ? 0 : '100%' }}>
          <ProblemAlert problem={problem} about={wrong === undefined ? undefined : labels[wrong]} />
        </div>
      </div>
    </form>
  );
}
