/** The links of the navigation that this person may follow. */
import { Link } from '@tanstack/react-router';
import { useTranslation } from '../i18n/index.ts';
import { ReviewsBadge, useReviewsWaiting } from '../security/reviews/ReviewsBadge.tsx';
import { groups, navigation } from './navigation.tsx';
import { mayOpen, useCan } from './session.tsx';
import classes from './Shell.module.css';

export function NavigationLinks({ narrow, onFollow }: { narrow: boolean; onFollow?: () => void }) {
  const { t } = useTranslation();
  const can = useCan();
  const waiting = useReviewsWaiting();
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
            {entries.map(({ to, name, Icon }) => {
              const label = t(`shell.${name}`);
              const asked = name === 'security' ? waiting : { count: 0, text: '' };
              const said = asked.count === 0 ? label : `${label}: ${asked.text}`;
              return (
                <Link
                  key={to}
                  to={to}
                  className={classes['link']}
                  onClick={onFollow}
                  {...((narrow || asked.count === 0) && { 'aria-label': said })}
                  {...((narrow || asked.count > 0) && { title: said })}
                >
                  <Icon size={19} stroke={1.7} aria-hidden />
                  {!narrow && label}
                  {!narrow && asked.count > 0 && <ReviewsBadge {...asked} />}
                </Link>
              );
            })}
          </div>
        );
      })}
    </div>
  );
}
