/** The section “Security”: beside the page stands the list of those this person may open; on a narrow screen, above it. */
import { NativeSelect } from '@mantine/core';
import { Link, Outlet, useLocation, useNavigate } from '@tanstack/react-router';
import { mayOpen, useCan } from '../app/session.tsx';
import type { Askers } from '../app/session.tsx';
import type { Permission } from '../contract.ts';
import { useTranslation } from '../i18n/index.ts';
import { NoRight } from '../ui/states.tsx';
import { openPages, securityAskers, securityGroups, securityPages } from './pages.ts';
import classes from './security.module.css';

export default function SecurityFrame() {
  const { t } = useTranslation();
  const can = useCan();
  const navigate = useNavigate();
  const here = useLocation({ select: ({ pathname }) => pathname });
  const current = securityPages.find(({ to }) => here === to || here.startsWith(`${to}/`));
  const open = openPages(can);
  // The address was typed or kept by somebody who lacks the right: the page itself is not loaded.
  if (open.length === 0 || (current !== undefined && !mayOpen(can, current.askers)))
    return <NoRight permission={permissionOf(current)} />;
  const groups = securityGroups
    .map((group) => ({ group, pages: open.filter((page) => page.group === group) }))
    .filter(({ pages }) => pages.length > 0);
  return (
    <div className={classes['frame']}>
      <nav className={classes['side']} aria-label={t('security.pagesOf')}>
        {groups.map(({ group, pages }) => (
          <div key={group}>
            <div className={classes['group']}>{t(`security.groups.${group}`)}</div>
            {pages.map(({ to, name, Icon }) => (
              <Link key={to} to={to} className={classes['link']}>
                <Icon size={20} stroke={1.6} aria-hidden />
                <span>
                  {t(`security.pages.${name}.title`)}
                  <small>{t(`security.pages.${name}.hint`)}</small>
                </span>
              </Link>
            ))}
          </div>
        ))}
      </nav>
      {open.length > 1 && (
        <NativeSelect
          className={classes['select']}
          aria-label={t('security.pagesOf')}
          value={current?.to}
          data={groups.map(({ group, pages }) => ({
            group: t(`security.groups.${group}`),
            items: pages.map(({ to, name }) => ({ value: to, label: t(`security.pages.${name}.title`) })),
          }))}
          onChange={({ currentTarget: { value } }) => {
            const chosen = open.find(({ to }) => to === value);
            if (chosen !== undefined) void navigate({ to: chosen.to });
          }}
        />
      )}
      <div className={classes['page']}>
        <Outlet />
      </div>
    </div>
  );
}

function permissionOf(page: { askers: Askers } | undefined): Permission {
  const asked = page?.askers ?? securityAskers;
  return (asked === 'signed-in' ? undefined : asked[0]) ?? 'security.read';
}
