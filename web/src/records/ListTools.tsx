/** What a list offers beside its search: order, columns, export. */
import { Button, Checkbox, Menu, NativeSelect, Popover } from '@mantine/core';
import { IconColumns3, IconDownload } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import type { ListSearch, Sort } from '../app/search.ts';
import { sorts } from '../app/search.ts';
import { useTranslation } from '../i18n/index.ts';
import { useProblemText } from '../ui/ProblemAlert.tsx';
import { tellDone, tellProblem } from '../ui/tell.tsx';
import type { RecordKind } from './kind.ts';
import classes from './records.module.css';

const sortNames = {
  '-created': 'sortNewest',
  created: 'sortOldest',
  '-updated': 'sortUpdated',
  updated: 'sortUpdatedOld',
  name: 'sortName',
  '-name': 'sortNameBack',
} as const;

export function SortSelect({ sort, onSort }: { sort: Sort; onSort: (sort: Sort) => void }) {
  const { t } = useTranslation();
  return (
    <NativeSelect
      aria-label={t('records.sort')}
      value={sort}
      onChange={(event) => onSort(event.currentTarget.value as Sort)}
      data={sorts.map((value) => ({ value, label: t(`records.${sortNames[value]}`) }))}
    />
  );
}

type ColumnsMenuProps = { kind: RecordKind; shown: string[]; onShown: (shown: string[]) => void; labelOf: (id: string) => string };

export function ColumnsMenu({ kind, shown, onShown, labelOf }: ColumnsMenuProps) {
  const { t } = useTranslation();
  return (
    <Popover position="bottom-end" shadow="md" trapFocus>
      <Popover.Target>
        <Button variant="default" leftSection={<IconColumns3 size={16} aria-hidden />}>
          {t('records.columns')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('records.columnsTitle')}>
        <div className={classes['columnsMenu']}>
          {kind.columns
            .filter((column) => column.id !== 'name')
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

export function ExportMenu({ kind, search }: { kind: RecordKind; search: ListSearch }) {
  const { t } = useTranslation();
  const textOf = useProblemText();
  const run = useMutation({
    mutationFn: (format: 'csv' | 'xlsx') => kind.exportAs(format, search),
    onSuccess: () => tellDone(t('records.exportDone')),
    onError: (thrown) => tellProblem(textOf(thrown)),
  });
  return (
    <Menu position="bottom-end" width={290}>
      <Menu.Target>
        <Button variant="default" loading={run.isPending} leftSection={<IconDownload size={16} aria-hidden />}>
          {t('records.exportAs')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('records.exportText')}</Menu.Label>
        <Menu.Item onClick={() => run.mutate('csv')}>{t('records.exportCsv')}</Menu.Item>
        <Menu.Item onClick={() => run.mutate('xlsx')}>{t('records.exportXlsx')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
