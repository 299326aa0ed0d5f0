/** One provider: whether it is on, whom it lets in, what it gives, and what can be done with it. */
import { Alert, Badge, Button, Group } from '@mantine/core';
import { IconCheck, IconPlugConnected } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { rolesQuery } from '../../api/queries.ts';
import { useCan } from '../../app/session.tsx';
import type { SsoProviderView } from '../../contract.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useLookups } from '../../records/lookups.tsx';
import { Confirm } from '../../ui/Dialog.tsx';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { CloseDialog } from './CloseDialog.tsx';
import { GroupsDialog } from './GroupsDialog.tsx';
import { JoinsDialog } from './JoinsDialog.tsx';
import { ProviderDialog } from './ProviderDialog.tsx';
import { providersQuery } from './queries.ts';
import classes from './sso.module.css';
import { useProviderChange } from './use-change.ts';

type Asked = 'edit' | 'groups' | 'joins' | 'close' | 'open' | 'off' | 'remove' | null;

export function ProviderCard({ provider, mayChange }: { provider: SsoProviderView; mayChange: boolean }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [asked, setAsked] = useState<Asked>(null);
  const done = () => setAsked(null);
  const { id, name, enabledAt, localClosedAt } = provider;
  const test = useMutation({ mutationFn: () => call('POST /api/v1/sso/providers/:id/test', { params: { id } }) });
  const change = useProviderChange(id, done);
  const remove = useMutation({
    mutationFn: () => call('DELETE /api/v1/sso/providers/:id', { params: { id } }),
    onSuccess: () => client.invalidateQueries({ queryKey: providersQuery.queryKey }),
  });
  return (
    <section className={`panel ${classes['card']}`} aria-label={name}>
      <div className={classes['head']}>
        <h2>{name}</h2>
        <Badge variant="light" color={enabledAt === null ? 'gray' : 'styr'}>
          {t(enabledAt === null ? 'sso.isOff' : 'sso.isOn')}
        </Badge>
        {localClosedAt !== null && enabledAt !== null && (
          <Badge variant="light" color="amber">
            {t('sso.isClosed')}
          </Badge>
        )}
      </div>
      <Facts provider={provider} />
      {test.isSuccess && (
        <Alert color="styr" variant="light" role="status" icon={<IconCheck size={18} aria-hidden />}>
          {t('sso.tested')}
        </Alert>
      )}
      <ProblemAlert problem={test.error ?? (asked === null ? change.error : null)} />
      {mayChange && (
        <Group gap="xs">
          {enabledAt === null && (
            <Button size="compact-md" loading={change.isPending} onClick={() => change.mutate({ enabled: true })}>
              {t('sso.turnOn')}
            </Button>
          )}
          <Button
            size="compact-md"
            variant="default"
            loading={test.isPending}
            leftSection={<IconPlugConnected size={16} aria-hidden />}
            onClick={() => test.mutate()}
          >
            {t('sso.test')}
          </Button>
          {(['edit', 'groups', 'joins'] as const).map((what) => (
            <Button key={what} size="compact-md" variant="default" onClick={() => setAsked(what)}>
              {t(`sso.ask.${what}`)}
            </Button>
          ))}
          {enabledAt !== null && (
            <>
              <Button
                size="compact-md"
                variant="default"
                onClick={() => setAsked(localClosedAt === null ? 'close' : 'open')}
              >
                {t(localClosedAt === null ? 'sso.ask.close' : 'sso.ask.open')}
              </Button>
              <Button size="compact-md" variant="default" onClick={() => setAsked('off')}>
                {t('sso.ask.off')}
              </Button>
            </>
          )}
          <Button size="compact-md" variant="subtle" color="brick" onClick={() => setAsked('remove')}>
            {t('sso.ask.remove')}
          </Button>
        </Group>
      )}
      {asked === 'edit' && <ProviderDialog provider={provider} onClose={done} />}
      {asked === 'groups' && <GroupsDialog provider={provider} onClose={done} />}
      {asked === 'joins' && <JoinsDialog provider={provider} onClose={done} />}
      {asked === 'close' && <CloseDialog provider={provider} onClose={done} />}
      {asked === 'open' && (
        <Confirm
          title={t('sso.openTitle', { name })}
          text={t('sso.openText', { domains: provider.domains.join(', ') })}
          confirm={t('sso.ask.open')}
          busy={change.isPending}
          problem={change.error}
          onConfirm={() => change.mutate({ localClosed: false })}
          onCancel={done}
        />
      )}
      {asked === 'off' && (
        <Confirm
          title={t('sso.offTitle', { name })}
          text={t('sso.offText')}
          confirm={t('sso.ask.off')}
          busy={change.isPending}
          problem={change.error}
          onConfirm={() => change.mutate({ enabled: false })}
          onCancel={done}
        />
      )}
      {asked === 'remove' && (
        <Confirm
          title={t('sso.removeTitle', { name })}
          text={t('sso.removeText', { count: provider.people })}
          confirm={t('sso.ask.remove')}
          danger
          busy={remove.isPending}
          problem={remove.error}
          onConfirm={() => remove.mutate()}
          onCancel={done}
        />
      )}
    </section>
  );
}

function Facts({ provider }: { provider: SsoProviderView }) {
  const { t } = useTranslation();
  const can = useCan();
  const lookups = useLookups();
  const roles = useQuery({ ...rolesQuery, enabled: can('role.read') }).data ?? [];
  const roleName = (reference: string) => roles.find(({ key, id }) => (key ?? id) === reference)?.name ?? reference;
  const { issuer, domains, people, groups, joins } = provider;
  return (
    <dl className={classes['facts']}>
      <dt>{t('sso.issuer')}</dt>
      <dd className="mono">{issuer}</dd>
      <dt>{t('sso.domains')}</dt>
      <dd>{domains.join(', ')}</dd>
      <dt>{t('sso.people')}</dt>
      <dd>{t('sso.peopleCount', { count: people })}</dd>
      <dt>{t('sso.groups')}</dt>
      <dd>
        {groups.roles.length === 0
          ? t('sso.noGroups')
          : groups.roles.map(({ group, role }) => `${group} → ${roleName(role)}`).join('; ')}
      </dd>
      <dt>{t('sso.joins')}</dt>
      <dd>
        {joins === null
          ? t('sso.noJoins')
          : t('sso.joinsNow', {
              roles: joins.roles.map(roleName).join(', '),
              department: lookups.departmentName(joins.departmentId),
            })}
      </dd>
    </dl>
  );
}
