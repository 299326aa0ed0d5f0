/** The links of the navigation that this person may follow. */
import { Link } from '@tanstack/react-router';
import { useTranslation } from '../i18n/index.ts';
import { groups, navigation } from './navigation.tsx';
import { mayOpen, useCan } from './session.tsx';
import classes from './Shell.module.css';

export function NavigationLinks({ narrow, onFollow }: { narrow: boolean; onFollow?: () => void }) {
  const { t } = useTranslation();
  const can = useCan();
  return (
    <div className={classes['links']}>
      {groups.map((group) => {
        const entries = navigation.filter((entry) => entry.group === group && mayOpen(can, entry.askers));
        if (entries.length === 0) return null;
        return (
          <div key={group}>
            <div className={classes['group']} aria-hidden>
              {t(`shell.${group}`)}
            </div>
            {entries.map(({ to, name, Icon }) => (
              <Link
                key={to}
                to={to}
                className={classes['link']}
                onClick={onFollow}
                aria-label={t(`shell.${name}`)}
                {...(narrow && { title: t(`shell.${name}`) })}
              >
                <Icon size={19} stroke={1.7} aria-hidden />
                {!narrow && t(`shell.${name}`)}
              </Link>
            ))}
          </div>
        );
      })}
    </div>
  );
}
