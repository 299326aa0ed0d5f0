/** Which columns of a list are shown. */
import { Button, Checkbox, Popover } from '@mantine/core';
import { IconColumns3 } from '@tabler/icons-react';
import { useTranslation } from '../i18n/index.ts';
import { isDrawn } from './closed.ts';
import { useClosed } from './use-closed.ts';
import type { RecordKind } from './kind.ts';
import classes from './records.module.css';

type ColumnsMenuProps = {
  kind: RecordKind;
  shown: string[];
  onShown: (shown: string[]) => void;
  labelOf: (id: string) => string;
};

export default function ColumnsMenu({ kind, shown, onShown, labelOf }: ColumnsMenuProps) {
  const { t } = useTranslation();
  const closed = useClosed(kind);
  return (
    <Popover position="bottom-end" shadow="md" trapFocus defaultOpened withinPortal={false}>
      <Popover.Target>
        <Button variant="default" leftSection={<IconColumns3 size={16} aria-hidden />}>
          {t('records.columns')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('records.columnsTitle')}>
        <div className={classes['columnsMenu']}>
          {kind.columns
            .filter((column) => column.id !== 'name' && isDrawn(closed, column.id))
            .map(({ id }) => (
              <Checkbox
                key={id}
                label={labelOf(id)}
                checked={shown.includes(id)}
                onChange={(event) =>
                  onShown(event.currentTarget.checked ? [...shown, id] : shown.filter((other) => other !== id))
                }
              />
            ))}
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
