/** One role: its name, its matrix, and what may be done with it. Nothing is saved before its effect was shown. */
import { Alert, Button, TextInput } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { asProblem } from '../../api/problem.ts';
import { rolesQuery, sessionQuery } from '../../api/queries.ts';
import { ButtonLink } from '../../app/links.tsx';
import { useCan } from '../../app/session.tsx';
import type { RoleView } from '../../contract.ts';
import { useTranslation } from '../../i18n/index.ts';
import { Confirm } from '../../ui/Dialog.tsx';
import { tellDone } from '../../ui/tell.ts';
import { changesBetween, draftOf, rightsIn } from './draft.ts';
import { RoleMatrix } from './RoleMatrix.tsx';
import classes from './roles.module.css';
import { SaveDialog } from './SaveDialog.tsx';

export function RoleEditor({ role }: { role: RoleView }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  // Never under somebody’s hands: the matrix keeps the version it was opened with.
  const [base, setBase] = useState(role);
  const [draft, setDraft] = useState(() => draftOf(role));
  const [asking, setAsking] = useState<'save' | 'reset' | 'delete' | null>(null);
  const before = draftOf(base);
  const changed = changesBetween(before, draft);
  const count = changed.rights + (changed.name ? 1 : 0);
  const show = (now: RoleView) => {
    setBase(now);
    setDraft(draftOf(now));
    setAsking(null);
  };
  const refresh = async () => {
    await client.invalidateQueries({ queryKey: rolesQuery.queryKey, exact: true });
    await client.invalidateQueries({ queryKey: sessionQuery.queryKey });
    await client.invalidateQueries({ queryKey: ['people'] });
  };
  const save = useMutation({
    mutationFn: () =>
      call('PATCH /api/v1/roles/:id', {
        params: { id: base.id },
        body: {
          version: base.version,
          ...(changed.name && { name: draft.name.trim() }),
          ...(changed.rights > 0 && rightsIn(draft)),
        },
      }),
    onSuccess: async (saved) => {
      show(saved);
      tellDone(t('roles.saved'));
      await refresh();
    },
  });
  const reset = useMutation({
    mutationFn: () => call('POST /api/v1/roles/:id/reset', { params: { id: base.id } }),
    onSuccess: async (now) => {
      show(now);
      tellDone(t('roles.resetDone'));
      await refresh();
    },
  });
  const remove = useMutation({
    mutationFn: () => call('DELETE /api/v1/roles/:id', { params: { id: base.id } }),
    onSuccess: async () => {
      tellDone(t('roles.deleted'));
      await navigate({ to: '/people/roles', replace: true });
      await refresh();
    },
  });
  const outdated = save.isError && asProblem(save.error).code === 'role.version_conflict';
  const showCurrent = async () => {
    const roles = await client.fetchQuery({ ...rolesQuery, staleTime: 0 });
    save.reset();
    const now = roles.find(({ id }) => id === base.id);
    if (now === undefined) await navigate({ to: '/people/roles', replace: true });
    else show(now);
  };
  const close = () => {
    setAsking(null);
    save.reset();
  };
  return (
    <div className={classes['editor']}>
      <div>
        <ButtonLink
          to="/people/roles"
          variant="subtle"
          size="compact-sm"
          leftSection={<IconArrowLeft size={15} aria-hidden />}
        >
          {t('roles.back')}
        </ButtonLink>
      </div>
      <div className={classes['head']}>
        {base.mayChange ? (
          <TextInput
            label={t('roles.name')}
            maxLength={100}
            w={320}
            value={draft.name}
            onChange={(event) => setDraft({ ...draft, name: event.currentTarget.value })}
          />
        ) : (
          <h2 style={{ margin: 0 }}>{base.name}</h2>
        )}
        {base.mayChange && base.key !== null && base.edited && (
          <Button variant="default" onClick={() => setAsking('reset')}>
            {t('roles.reset')}
          </Button>
        )}
        {base.mayChange && base.key === null && (
          <Button variant="subtle" color="brick" onClick={() => setAsking('delete')}>
            {t('roles.delete')}
          </Button>
        )}
      </div>
      <Note role={base} />
      <RoleMatrix before={before} draft={draft} readOnly={!base.mayChange} onChange={setDraft} />
      {count > 0 && (
        <div className={classes['bar']}>
          <span role="status">{t('roles.changes', { count })}</span>
          <Button variant="default" onClick={() => setDraft(before)}>
            {t('roles.discard')}
          </Button>
          <Button disabled={draft.name.trim() === ''} onClick={() => setAsking('save')}>
            {t('roles.review')}
          </Button>
        </div>
      )}
      {asking === 'save' && (
        <SaveDialog
          role={base}
          draft={draft}
          busy={save.isPending}
          problem={save.error}
          onSave={() => save.mutate()}
          onShowCurrent={outdated ? () => void showCurrent() : undefined}
          onClose={close}
        />
      )}
      {asking === 'reset' && (
        <Confirm
          title={t('roles.resetTitle', { name: base.name })}
          text={t('roles.resetText')}
          confirm={t('roles.reset')}
          danger
          busy={reset.isPending}
          problem={reset.error}
          onConfirm={() => reset.mutate()}
          onCancel={close}
        />
      )}
      {asking === 'delete' && (
        <Confirm
          title={t('roles.deleteTitle', { name: base.name })}
          text={t('roles.deleteText')}
          confirm={t('roles.delete')}
          danger
          busy={remove.isPending}
          problem={remove.error}
          onConfirm={() => remove.mutate()}
          onCancel={close}
        />
      )}
    </div>
  );
}

function Note({ role }: { role: RoleView }) {
  const { t } = useTranslation();
  const can = useCan();
  const key =
    role.key === 'owner'
      ? 'roles.ownerNote'
      : role.key === 'baseline'
        ? 'roles.baselineNote'
        : !can('role.update')
          ? 'roles.readNote'
          : !role.mayChange
            ? 'roles.beyondNote'
            : role.key !== null && !role.edited
              ? 'roles.readyHint'
              : null;
  if (key === null) return null;
  return (
    <Alert variant="light" color="gray">
      {t(key)}
    </Alert>
  );
}
