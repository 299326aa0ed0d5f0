/** Above every page, for three days: somebody else took the root key onto paper. */
import { Alert, Group } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { ButtonLink } from '../../app/links.tsx';
import { useCan } from '../../app/session.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { useDates } from '../../ui/dates.ts';
import { kitQuery } from './query.ts';

const everyMillis = 300_000;

export default function KitBanner() {
  const { t } = useTranslation();
  const dates = useDates();
  const can = useCan();
  const query = useQuery({ ...kitQuery, enabled: can('security.read'), refetchInterval: everyMillis });
  const kit = query.data?.kit ?? null;
  if (kit === null || query.data?.alarm !== true) return null;
  const when = dates.moment(kit.madeAt);
  return (
    <Alert color="red" radius={0} role="alert">
      <Group gap="sm" justify="space-between">
        <span>
          {kit.madeBy === null ? t('kit.alarmByOperator', { when }) : t('kit.alarm', { when, name: kit.madeBy })}
        </span>
        <ButtonLink to="/security/kit" size="compact-sm" variant="default">
          {t('kit.alarmLook')}
        </ButtonLink>
      </Group>
    </Alert>
  );
}
