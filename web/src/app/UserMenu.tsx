/** Who I am, language, look, sign-out. */
import { Menu, useMantineColorScheme } from '@mantine/core';
import { IconCheck, IconDeviceLaptop, IconLogout, IconMoon, IconSun, IconUser } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { call } from '../api/call.ts';
import { useLanguage, useTranslation } from '../i18n/index.ts';
import { Initials } from '../ui/Person.tsx';
import { useProblemText } from '../ui/ProblemAlert.tsx';
import { tellProblem } from '../ui/tell.ts';
import { useSession } from './session.tsx';
import classes from './Shell.module.css';
import { useLanguageChange } from './use-language-change.ts';

export default function UserMenu() {
  const { t } = useTranslation();
  const session = useSession();
  const language = useLanguage();
  const client = useQueryClient();
  const navigate = useNavigate();
  const change = useLanguageChange();
  const textOf = useProblemText();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const signOut = useMutation({
    mutationFn: () => call('POST /api/v1/sign-out', {}),
    onSuccess: async () => {
      await navigate({ to: '/sign-in' });
      client.clear();
    },
    onError: (thrown) => tellProblem(textOf(thrown)),
  });
  const tick = <IconCheck size={15} aria-hidden />;
  const looks = [
    ['light', IconSun],
    ['dark', IconMoon],
    ['auto', IconDeviceLaptop],
  ] as const;
  return (
    <Menu position="bottom-end" width={240} defaultOpened withInitialFocusPlaceholder={false} withinPortal={false}>
      <Menu.Target>
        <button type="button" className={classes['user']} aria-label={`${t('shell.userMenu')}: ${session.person.name}`}>
          <Initials name={session.person.name} />
          <span className={classes['userName']}>{session.person.name}</span>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {session.person.email}
          <br />
          {session.person.roles.map(({ name }) => name).join(', ')}
          {session.person.department !== null && ` · ${session.person.department.name}`}
        </Menu.Label>
        <Menu.Item
          renderRoot={(props) => <Link to="/profile" {...props} />}
          leftSection={<IconUser size={16} aria-hidden />}
        >
          {t('shell.profile')}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>{t('shell.language')}</Menu.Label>
        {(['uk', 'en'] as const).map((code) => (
          <Menu.Item
            key={code}
            lang={code}
            rightSection={language === code ? tick : undefined}
            onClick={() => change.mutate(code)}
          >
            {code === 'uk' ? t('shell.ukrainian') : t('shell.english')}
          </Menu.Item>
        ))}
        <Menu.Label>{t('shell.theme')}</Menu.Label>
        {looks.map(([look, Icon]) => (
          <Menu.Item
            key={look}
            leftSection={<Icon size={16} aria-hidden />}
            rightSection={colorScheme === look ? tick : undefined}
            onClick={() => setColorScheme(look)}
          >
            {t(`shell.${look}`)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => signOut.mutate()}>
          {t('shell.signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
