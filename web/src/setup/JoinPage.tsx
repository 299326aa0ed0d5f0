/** Accepting an invitation: password → authenticator → recovery codes. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/call.ts';
import { useTitle } from '../app/title.ts';
import { useTranslation, useWords } from '../i18n/index.ts';
import { DeadLink } from '../letters/DeadLink.tsx';
import { Gate } from '../sign-in/Gate.tsx';
import { LoadingLines } from '../ui/states.tsx';
import { Enrolment } from './Enrolment.tsx';
import { isPasswordReady, PasswordFields } from './PasswordFields.tsx';
import { tokenOfAddress } from './token.ts';

export default function JoinPage() {
  const { t } = useTranslation();
  const words = useWords();
  useTitle(t('join.title'));
  const [token] = useState(tokenOfAddress);
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const invitation = useQuery({
    queryKey: ['invitation', token],
    queryFn: () => call('POST /api/v1/invitations/open', { body: { token } }),
    enabled: token !== '',
    staleTime: Infinity,
  });
  if (token === '' || invitation.isError)
    return <DeadLink problem={invitation.error} retry={() => void invitation.refetch()} />;
  if (invitation.isPending)
    return (
      <Gate wide>
        <LoadingLines />
      </Gate>
    );
  // A ready role has its name in each language, one of the office’s own in the one it was given.
  const roleName = (role: (typeof invitation.data.roles)[number]) =>
    role.key === null ? role.name : words.roles[role.key];
  const { organizationName, name, roles, email, enrolment } = invitation.data;
  return (
    <Enrolment
      title={t('join.hello', { name })}
      text={t('join.text', { organization: organizationName, role: roles.map(roleName).join(', ') })}
      email={email}
      enrolment={enrolment}
      fields={
        <PasswordFields password={password} again={again} onPassword={setPassword} onAgain={setAgain} autoFocus />
      }
      ready={isPasswordReady(password, again)}
      submitLabel={t('join.accept')}
      finish={(proof) => call('POST /api/v1/invitations/accept', { body: { token, ...proof, password } })}
      isOfPassword={(why) => why.startsWith('password.')}
      onOver={() => void invitation.refetch()}
    />
  );
}
