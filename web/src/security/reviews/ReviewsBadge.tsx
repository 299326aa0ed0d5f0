/** Beside “Security” in the navigation: how many rights wait for one’s answer. */
import { Badge, VisuallyHidden } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from '../../i18n/index.ts';
import { useDates } from '../../ui/dates.ts';
import { waitingQuery } from './queries.ts';

export function useReviewsWaiting(): { count: number; text: string } {
  const { t } = useTranslation();
  const dates = useDates();
  const { data } = useQuery(waitingQuery);
  if (data === undefined || data.rights === 0) return { count: 0, text: '' };
  const until = t('reviews.until', { day: dates.day(data.until) });
  return { count: data.rights, text: `${t('reviews.waiting', { count: data.rights })}, ${until}` };
}

export function ReviewsBadge({ count, text }: { count: number; text: string }) {
  return (
    <>
      <Badge size="sm" color="amber" variant="filled" ml="auto">
        {count}
      </Badge>
      <VisuallyHidden>{text}</VisuallyHidden>
    </>
  );
}
