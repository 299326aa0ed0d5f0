/** The frame around every page: navigation, header, the palette, and the sign-in that comes back when a session ends. */
import { ActionIcon, Drawer, Kbd, Tooltip } from '@mantine/core';
import { useHotkeys, useLocalStorage } from '@mantine/hooks';
import { IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand, IconMenu2, IconSearch } from '@tabler/icons-react';
import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { useTranslation } from '../i18n/index.ts';
import { Wordmark, Mark } from '../ui/Mark.tsx';
import { LoadingLines } from '../ui/states.tsx';
import { groups, navigation } from './navigation.tsx';
import { SessionLost } from './SessionLost.tsx';
import { useCan, useSession } from './session.tsx';
import classes from './Shell.module.css';
import { UserMenu } from './UserMenu.tsx';

const Palette = lazy(() => import('./Palette.tsx'));

export default function Shell() {
  const { t } = useTranslation();
  const session = useSession();
  const main = useRef<HTMLElement>(null);
  const [narrow, setNarrow] = useLocalStorage({ key: 'lubart.navigation-narrow', defaultValue: false });
  const [menu, setMenu] = useState(false);
  const [palette, setPalette] = useState<'never' | 'open' | 'closed'>('never');
  const { pathname } = useLocation();
  useHotkeys([['mod+K', () => setPalette('open')]], []);
  useEffect(() => setMenu(false), [pathname]);

  return (
    <>
      <a
        href="#main"
        data-skip
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
      >
        {t('common.skipToMain')}
      </a>
      <div className={classes['shell']}>
        <nav className={classes['nav']} aria-label={t('shell.mainNavigation')} data-narrow={narrow || undefined}>
          <Link to="/" className={classes['brand']} aria-label="Lubart">
            {narrow ? <span style={{ color: 'var(--lubart-accent)', display: 'flex' }}><Mark size={28} /></span> : <Wordmark />}
          </Link>
          <NavigationLinks narrow={narrow} />
          <div className={classes['foot']}>
            <button type="button" className={`${classes['link']} ${classes['footButton']}`} onClick={() => setNarrow(!narrow)}>
              {narrow ? (
                <IconLayoutSidebarLeftExpand size={19} stroke={1.7} aria-label={t('shell.expand')} role="img" />
              ) : (
                <>
                  <IconLayoutSidebarLeftCollapse size={19} stroke={1.7} aria-hidden />
                  {t('shell.collapse')}
                </>
              )}
            </button>
          </div>
        </nav>
        <header className={classes['header']}>
          <ActionIcon
            className={classes['burger']}
            variant="subtle"
            color="gray"
            size="lg"
            aria-label={t('shell.openMenu')}
            onClick={() => setMenu(true)}
          >
            <IconMenu2 size={20} aria-hidden />
          </ActionIcon>
          <span className={classes['organization']}>{session.organization.name}</span>
          <button
            type="button"
            className={classes['find']}
            aria-label={t('shell.findShort')}
            onClick={() => setPalette('open')}
          >
            <IconSearch size={17} aria-hidden />
            <span>{t('shell.findShort')}</span>
            <Kbd size="xs" aria-hidden>
              Ctrl K
            </Kbd>
          </button>
          <UserMenu />
        </header>
        <main id="main" ref={main} tabIndex={-1} className={classes['main']}>
          <Suspense fallback={<LoadingLines />}>
            <Outlet />
          </Suspense>
        </main>
      </div>
      <Drawer opened={menu} onClose={() => setMenu(false)} size={280} title={<Wordmark />} closeButtonProps={{ 'aria-label': t('common.close') }}>
        <nav aria-label={t('shell.mainNavigation')}>
          <NavigationLinks narrow={false} />
        </nav>
      </Drawer>
      {palette !== 'never' && (
        <Suspense fallback={null}>
          <Palette opened={palette === 'open'} onClose={() => setPalette('closed')} />
        </Suspense>
      )}
      <SessionLost />
    </>
  );
}

function NavigationLinks({ narrow }: { narrow: boolean }) {
  const { t } = useTranslation();
  const can = useCan();
  return (
    <div className={classes['links']}>
      {groups.map((group) => {
        const entries = navigation.filter((entry) => entry.group === group && can(entry.permission));
        if (entries.length === 0) return null;
        return (
          <div key={group}>
            <div className={classes['group']} aria-hidden>
              {t(`shell.${group}`)}
            </div>
            {entries.map(({ to, name, Icon }) => (
              <Tooltip key={to} label={t(`shell.${name}`)} position="right" disabled={!narrow}>
                <Link to={to} className={classes['link']} aria-label={t(`shell.${name}`)}>
                  <Icon size={19} stroke={1.7} aria-hidden />
                  {!narrow && t(`shell.${name}`)}
                </Link>
              </Tooltip>
            ))}
          </div>
        );
      })}
    </div>
  );
}
