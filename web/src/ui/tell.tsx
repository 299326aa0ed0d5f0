/** Short messages in the corner. */
import { notifications } from '@mantine/notifications';
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';
import type { ReactNode } from 'react';

export function tellDone(message: ReactNode): void {
  notifications.show({ message, color: 'styr', icon: <IconCheck size={18} aria-hidden />, autoClose: 5000 });
}

export function tellProblem(message: ReactNode): void {
  notifications.show({ message, color: 'brick', icon: <IconAlertTriangle size={18} aria-hidden />, autoClose: 9000 });
}
