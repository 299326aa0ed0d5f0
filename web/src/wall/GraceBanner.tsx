/** Above every page, in the days of grace: what will be demanded, and until when one can go on without it. */
import { Alert, Group } from '@mantine/core';
import { ButtonLink } from '../app/links.tsx';
import { useSession } from '../app/session.tsx';
import { useTranslation } from '../i18n/index.ts';
import { useDates } from '../ui/dates.ts';

export default function GraceBanner() {
  const { t } = useTranslation();
  const dates = useDates();
  const { demand } = useSession();
  if (demand === null || demand.wall !== null || demand.until === null) return null;
  return (
    <Alert color="amber" radius={0} role="status">
      <Group gap="sm" justify="space-between">
        <span>{t(`wall.grace.${demand.level}`, { until: dates.moment(demand.until) })}</span>
        <ButtonLink to="/profile" size="compact-sm" variant="default">
          {t('wall.toProfile')}
        </ButtonLink>
      </Group>
    </Alert>
  );
}
