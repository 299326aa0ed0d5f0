/** How a campaign is called and how long it still goes. */
import type { ReviewCampaignView } from '../../contract.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useDates } from '../../ui/dates.ts';

const dayMillis = 86_400_000;

export function useCampaignWords() {
  const { t } = useTranslation();
  const dates = useDates();
  const left = (deadline: string) => {
    const days = Math.floor((new Date(deadline).getTime() - Date.now()) / dayMillis);
    return days < 1 ? t('reviews.lastDay') : t('reviews.daysLeft', { count: days });
  };
  return {
    left,
    title: ({ reason, person }: Pick<ReviewCampaignView, 'reason' | 'person'>) =>
      person === null ? t(`reviews.reasons.${reason}`) : t('reviews.transferOf', { name: person.name }),
    started: ({ startedAt, startedBy }: ReviewCampaignView) =>
      startedBy === null
        ? t('reviews.started', { day: dates.day(startedAt) })
        : t('reviews.startedBy', { day: dates.day(startedAt), name: startedBy }),
    end: ({ closedAt, closing, deadlineAt }: ReviewCampaignView) => {
      if (closedAt !== null) return t('reviews.closed', { day: dates.day(closedAt) });
      return closing
        ? t('reviews.closing')
        : `${t('reviews.until', { day: dates.day(deadlineAt) })}, ${left(deadlineAt)}`;
    },
  };
}
