/** The frame around every page: navigation, header, the palette, and the sign-in that comes back when a session ends. */
import { ActionIcon, Kbd } from '@mantine/core';
import { useHotkeys, useLocalStorage } from '@mantine/hooks';
import { IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand, IconMenu2, IconSearch } from '@tabler/icons-react';
import { Link, Outlet } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { useTranslation } from '../i18n/index.ts';
import { Wordmark, Mark } from '../ui/Mark.tsx';
import { LoadingLines } from '../ui/states.tsx';
import { useSession } from './session.tsx';
import classes from './Shell.module.css';
import { LazyMenu } from '../ui/LazyMenu.tsx';
import { useQueryClient } from '@tanstack/react-query';
import { onSessionLost, onWall } from '../api/call.ts';
import { sessionQuery } from '../api/queries.ts';
import { StepUpHost } from '../step-up/StepUpHost.tsx';
import { Initials } from '../ui/Person.tsx';
import { NavigationLinks } from './NavigationLinks.tsx';

const Palette = lazy(() => import('./Palette.tsx'));
const SessionLost = lazy(() => import('./SessionLost.tsx'));
const ElevationBanner = lazy(() => import('../security/elevations/ElevationBanner.tsx'));
const KitBanner = lazy(() => import('../security/kit/KitBanner.tsx'));
const EmergencyBanner = lazy(() => import('../emergency/EmergencyBanner.tsx'));
const DeviceBanner = lazy(() => import('../devices/DeviceBanner.tsx'));
const RecoveryBanner = lazy(() => import('../recovery/RecoveryBanner.tsx'));
const GraceBanner = lazy(() => import('../wall/GraceBanner.tsx'));
const WallPage = lazy(() => import('../wall/WallPage.tsx'));
const NarrowMenu = lazy(() => import('./NarrowMenu.tsx'));
const UserMenu = () => import('./UserMenu.tsx');

export default function Shell() {
  const { demand } = useSession();
  if (demand === null || demand.wall === null) return <Pages />;
  return (
    <Suspense fallback={<LoadingLines />}>
      <WallPage />
    </Suspense>
  );
}

function Pages() {
  const { t } = useTranslation();
  const session = useSession();
  const main = useRef<HTMLElement>(null);
  const [narrow, setNarrow] = useLocalStorage({ key: 'lubart.navigation-narrow', defaultValue: false });
  const [menu, setMenu] = useState(false);
  const [lost, setLost] = useState(false);
  const [palette, setPalette] = useState<'never' | 'open' | 'closed'>('never');
  useHotkeys([['mod+K', () => setPalette('open')]], []);
  const client = useQueryClient();
  useEffect(() => {
    onWall(() => void client.invalidateQueries({ queryKey: sessionQuery.queryKey }));
    return () => onWall(() => undefined);
  }, [client]);
  useEffect(() => {
    onSessionLost(() => setLost(true));
    return () => onSessionLost(() => undefined);
  }, []);

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
            {narrow ? (
              <span style={{ color: 'var(--lubart-accent)', display: 'flex' }}>
                <Mark size={28} />
              </span>
            ) : (
              <Wordmark />
            )}
          </Link>
          <NavigationLinks narrow={narrow} />
          <div className={classes['foot']}>
            <button
              type="button"
              className={`${classes['link']} ${classes['footButton']}`}
              onClick={() => setNarrow(!narrow)}
            >
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
          <button type="button" className={classes['find']} onClick={() => setPalette('open')}>
            <IconSearch size={17} aria-hidden />
            <span>{t('shell.findShort')}</span>
            <Kbd size="xs" aria-hidden>
              Ctrl K
            </Kbd>
          </button>
          <LazyMenu
            load={UserMenu}
            renderButton={(props) => (
              <button
                type="button"
                className={classes['user']}
                aria-label={`${t('shell.userMenu')}: ${session.person.name}`}
                {...props}
              >
                <Initials name={session.person.name} />
                <span className={classes['userName']}>{session.person.name}</span>
              </button>
            )}
          />
        </header>
        {/* WCAG 2.1.1: it scrolls, and a page of numbers has nothing else in it that a keyboard could reach. */}
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
        <main id="main" ref={main} tabIndex={0} className={classes['main']}>
          <Suspense fallback={null}>
            <GraceBanner />
            <EmergencyBanner />
            <KitBanner />
            <DeviceBanner />
            <RecoveryBanner />
            <ElevationBanner />
          </Suspense>
          <Suspense fallback={<LoadingLines />}>
            <Outlet />
          </Suspense>
        </main>
      </div>
      {menu && (
        <Suspense fallback={null}>
          <NarrowMenu onClose={() => setMenu(false)} />
        </Suspense>
      )}
      {palette !== 'never' && (
        <Suspense fallback={null}>
          <Palette opened={palette === 'open'} onClose={() => setPalette('closed')} />
        </Suspense>
      )}
      <StepUpHost />
      {lost && (
        <Suspense fallback={null}>
          <SessionLost onBack={() => setLost(false)} />
        </Suspense>
      )}
    </>
  );
}
