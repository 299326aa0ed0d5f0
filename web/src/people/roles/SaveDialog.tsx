/** Before a role is saved: what would change, for whom, in numbers. */
import { Button, Group, Modal } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import type { RolePreviewView, RoleView } from '../../contract.ts';
import { scopes } from '../../contract.ts';
import { useTranslation, useWords } from '../../i18n/index.ts';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { LoadingLines } from '../../ui/states.tsx';
import type { Draft } from './draft.ts';
import { rightsIn } from './draft.ts';
import classes from './roles.module.css';
import { useRowsText } from './rows-text.ts';

type SaveDialogProps = {
  role: RoleView;
  draft: Draft;
  busy: boolean;
  problem: unknown;
  onSave: () => void;
  onShowCurrent: (() => void) | undefined;
  onClose: () => void;
};

export function SaveDialog({ role, draft, busy, problem, onSave, onShowCurrent, onClose }: SaveDialogProps) {
  const { t } = useTranslation();
  const body = rightsIn(draft);
  const preview = useQuery({
    queryKey: ['roles', 'preview', role.id, role.version, body],
    queryFn: () => call('POST /api/v1/roles/:id/preview', { params: { id: role.id }, body }),
    staleTime: 0,
    gcTime: 0,
  });
  return (
    <Modal
      opened
      onClose={onClose}
      size={620}
      title={t('roles.previewTitle')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {preview.isPending && <LoadingLines rows={4} />}
      <ProblemAlert problem={preview.error ?? problem} />
      {preview.isSuccess && <Changes preview={preview.data} />}
      <Group justify="flex-end" gap="sm" mt="md">
        <Button variant="default" onClick={onClose}>
          {t('common.cancel')}
        </Button>
        {onShowCurrent === undefined ? (
          <Button loading={busy} disabled={!preview.isSuccess} onClick={onSave}>
            {t('common.save')}
          </Button>
        ) : (
          <Button onClick={onShowCurrent}>{t('roles.showCurrent')}</Button>
        )}
      </Group>
    </Modal>
  );
}

function Changes({ preview }: { preview: RolePreviewView }) {
  const { t } = useTranslation();
  const { peopleCount, widerCount, narrowerCount, people } = preview;
  return (
    <>
      <p style={{ marginTop: 0 }}>
        {people.length === 0
          ? t('roles.previewNobody')
          : t('roles.previewPeople', { people: peopleCount, wider: widerCount, narrower: narrowerCount })}{' '}
        <span className="quiet">{t('roles.previewOthers')}</span>
      </p>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a box that scrolls is reached by the keyboard */}
      <ul className={classes['people']} tabIndex={0} aria-label={t('roles.previewTitle')}>
        {people.map((person) => (
          <PersonChange key={person.id} person={person} />
        ))}
      </ul>
    </>
  );
}

function PersonChange({ person }: { person: RolePreviewView['people'][number] }) {
  const { t } = useTranslation();
  const words = useWords();
  const rowsText = useRowsText();
  const line = (what: string, before: string, after: string) => t('roles.change', { what, before, after });
  const seen = [
    ['roles.seesContacts', person.contacts],
    ['roles.seesCompanies', person.companies],
  ] as const;
  const order = ['hidden', 'masked', 'open'];
  const labels = { contact: words.contactFields, company: words.companyFields } as Record<
    string,
    Record<string, string>
  >;
  const changes = [
    ...person.grants.map(({ permission, before, after }) => ({
      text: line(words.permissions[permission], words.scopes[before], words.scopes[after]),
      wider: scopes.indexOf(after) > scopes.indexOf(before),
    })),
    ...person.fields.map(({ record, field, before, after }) => ({
      text: line(labels[record]?.[field] ?? field, words.fieldRights[before], words.fieldRights[after]),
      wider: order.indexOf(after) > order.indexOf(before),
    })),
  ];
  return (
    <li>
      <strong>{person.name}</strong>
      {seen.map(([key, rows]) =>
        rows === null ? null : <small key={key}>{line(t(key), rowsText(rows.before), rowsText(rows.after))}</small>,
      )}
      {[true, false].map((wider) => {
        const these = changes.filter((change) => change.wider === wider);
        if (these.length === 0) return null;
        return (
          <div key={String(wider)}>
            <small>{t(wider ? 'roles.wider' : 'roles.narrower')}</small>
            <ul>
              {these.map(({ text }) => (
                <li key={text}>{text}</li>
              ))}
            </ul>
          </div>
        );
      })}
    </li>
  );
}
