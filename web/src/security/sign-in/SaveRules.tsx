/** Before the rules are saved: who would be locked out at this moment. One’s own lock-out is not saved. */
import { Alert, Button, Group, Modal } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import { asProblem } from '../../api/problem.ts';
import type { RulesView } from '../../contract.ts';
import { useTranslation } from '../../i18n/index.ts';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { LoadingLines } from '../../ui/states.tsx';
import { tellDone } from '../../ui/tell.ts';
import type { RulesChange } from './draft.ts';
import { rulesQuery } from './queries.ts';
import classes from './rules.module.css';

type SaveRulesProps = {
  version: number;
  change: RulesChange;
  onSaved: (rules: RulesView) => void;
  /** Somebody else was faster: what stands now is shown instead. */
  onTakeStanding: () => void;
  onClose: () => void;
};

export function SaveRules({ version, change, onSaved, onTakeStanding, onClose }: SaveRulesProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const preview = useQuery({
    queryKey: ['security', 'rules', 'preview', change],
    queryFn: () => call('POST /api/v1/security/rules/preview', { body: { change } }),
    staleTime: 0,
    gcTime: 0,
  });
  const save = useMutation({
    mutationFn: () => call('PUT /api/v1/security/rules', { body: { version, change } }),
    onSuccess: (rules) => {
      client.setQueryData(rulesQuery.queryKey, rules);
      tellDone(t('rules.saved'));
      onSaved(rules);
    },
  });
  const isOld = save.isError && asProblem(save.error).code === 'security.version_conflict';
  return (
    <Modal
      opened
      onClose={onClose}
      size={560}
      title={t('rules.previewTitle')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {preview.isPending && <LoadingLines rows={3} />}
      <ProblemAlert problem={preview.error ?? save.error} />
      {preview.isSuccess && !isOld && <LockedOut {...preview.data} />}
      <Group justify="flex-end" gap="sm" mt="md">
        <Button variant="default" onClick={onClose}>
          {t('rules.goOn')}
        </Button>
        {isOld ? (
          <Button onClick={onTakeStanding}>{t('rules.takeStanding')}</Button>
        ) : (
          <Button
            loading={save.isPending}
            disabled={!preview.isSuccess || preview.data.self}
            onClick={() => save.mutate()}
          >
            {t('common.save')}
          </Button>
        )}
      </Group>
    </Modal>
  );
}

type Preview = { self: boolean; people: readonly Locked[]; openSessions: number };
type Locked = { personId: string; name: string; address: string; byNetwork: boolean; byHours: boolean };

function LockedOut({ self, people, openSessions }: Preview) {
  const { t } = useTranslation();
  const reason = ({ byNetwork, byHours }: Locked) =>
    t(byNetwork && byHours ? 'rules.byBoth' : byNetwork ? 'rules.byNetwork' : 'rules.byHours');
  return (
    <>
      {self && (
        <Alert color="brick" variant="light" role="alert" mb="sm">
          {t('rules.ownLockOut')}
        </Alert>
      )}
      <p style={{ margin: 0 }}>
        {people.length === 0
          ? t('rules.nobodyLocked', { count: openSessions })
          : t('rules.someLocked', { count: people.length })}
      </p>
      {people.length > 0 && (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a box that scrolls is reached by the keyboard
        <ul className={classes['locked']} tabIndex={0} aria-label={t('rules.previewTitle')}>
          {people.map((one) => (
            <li key={`${one.personId} ${one.address}`}>
              <strong>{one.name}</strong> <span className="quiet">{reason(one)}</span>{' '}
              <span className="mono quiet">{one.address}</span>
            </li>
          ))}
        </ul>
      )}
      <p className="quiet" style={{ margin: '10px 0 0' }}>
        {t('rules.effect')}
      </p>
    </>
  );
}
