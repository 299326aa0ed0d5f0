/** Invites a person: the link is shown once, to be handed over. */
import { Alert, Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/call.ts';
import { asProblem } from '../api/problem.ts';
import { useTranslation } from '../i18n/index.ts';
import { inTreeOrder, useLookups } from '../records/lookups.tsx';
import { CopyButton } from '../ui/CopyButton.tsx';
import { useDates } from '../ui/dates.ts';
import { ProblemAlert } from '../ui/ProblemAlert.tsx';
import classes from './people.module.css';
import { RoleFields } from './RoleFields.tsx';

export function InviteDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const lookups = useLookups();
  const dates = useDates();
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [roles, setRoles] = useState<readonly string[]>(['manager']);
  const [chosen, setChosen] = useState('');
  const departmentId = chosen || (inTreeOrder(lookups.departments)[0]?.department.id ?? '');
  const invite = useMutation({
    mutationFn: () =>
      call('POST /api/v1/invitations', {
        body: { name: name.trim(), email: email.trim(), roles: [...roles], departmentId },
      }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['invitations'] }),
  });
  const ready = name.trim() !== '' && email.includes('@') && departmentId !== '' && roles.length > 0;
  const taken = invite.isError && asProblem(invite.error).code === 'person.email_taken';
  const shared = { onClose, size: 520, closeButtonProps: { 'aria-label': t('common.close') } };
  if (invite.data !== undefined) {
    return (
      <Modal opened {...shared} title={t('people.linkTitle')} closeOnClickOutside={false}>
        <Stack gap="md">
          <Alert color="amber" variant="light">
            {invite.data.invitation.letter === 'off'
              ? t('people.linkText')
              : t('letters.invitedByMail', { email: invite.data.invitation.email })}
          </Alert>
          <div className={classes['link']}>
            <TextInput
              label={t('people.link')}
              readOnly
              value={invite.data.link}
              onFocus={(event) => event.currentTarget.select()}
              classNames={{ input: 'mono' }}
            />
            <div>
              <CopyButton text={invite.data.link} label={t('people.copyLink')} variant="filled" />
            </div>
          </div>
          <span className="quiet">{t('people.expires', { when: dates.moment(invite.data.invitation.expiresAt) })}</span>
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('people.done')}
            </Button>
          </Group>
        </Stack>
      </Modal>
    );
  }
  return (
    <Modal opened {...shared} title={t('people.inviteTitle')}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) invite.mutate();
        }}
      >
        <Stack gap="sm">
          <TextInput
            label={t('people.name')}
            data-autofocus
            autoComplete="off"
            maxLength={200}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <TextInput
            label={t('people.email')}
            type="email"
            autoComplete="off"
            maxLength={254}
            value={email}
            error={taken || undefined}
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
          <RoleFields roles={roles} departmentId={departmentId} onRoles={setRoles} onDepartment={setChosen} />
          <ProblemAlert problem={invite.error} />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" disabled={!ready} loading={invite.isPending}>
              {t('people.send')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
