/** Where short messages appear. */
import { Notifications, notifications } from '@mantine/notifications';
import '@mantine/core/styles/Notification.css';
import '@mantine/notifications/styles.css';
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';
import { useEffect } from 'react';
import { useTranslation } from '../i18n/index.ts';
import { showMessagesWith } from './tell.ts';

export default function Messages() {
  const { t } = useTranslation();
  useEffect(
    () =>
      showMessagesWith(({ text, kind }) => {
        const done = kind === 'done';
        notifications.show({
          message: text,
          color: done ? 'styr' : 'brick',
          icon: done ? <IconCheck size={18} aria-hidden /> : <IconAlertTriangle size={18} aria-hidden />,
          autoClose: done ? 5000 : 9000,
          closeButtonProps: { 'aria-label': t('common.close') },
        });
      }),
    [t],
  );
  return <Notifications position="bottom-right" />;
}
