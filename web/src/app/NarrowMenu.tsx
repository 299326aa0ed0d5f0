/** The navigation on a narrow screen. */
import { Drawer } from '@mantine/core';
import { useTranslation } from '../i18n/index.ts';
import { Wordmark } from '../ui/Mark.tsx';
import { NavigationLinks } from './NavigationLinks.tsx';

export default function NarrowMenu({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Drawer
      opened
      onClose={onClose}
      size={280}
      title={<Wordmark />}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <nav aria-label={t('shell.mainNavigation')}>
        <NavigationLinks narrow={false} onFollow={onClose} />
      </nav>
    </Drawer>
  );
}
