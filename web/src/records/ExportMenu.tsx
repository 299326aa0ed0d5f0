/** Exports the filtered list as a file. */
import { Button, Menu } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import type { ListSearch } from '../app/search.ts';
import { useTranslation } from '../i18n/index.ts';
import { useProblemText } from '../ui/ProblemAlert.tsx';
import { tellDone, tellProblem } from '../ui/tell.ts';
import type { RecordKind } from './kind.ts';

export default function ExportMenu({ kind, search }: { kind: RecordKind; search: ListSearch }) {
  const { t } = useTranslation();
  const textOf = useProblemText();
  const run = useMutation({
    mutationFn: (format: 'csv' | 'xlsx') => kind.exportAs(format, search),
    onSuccess: () => tellDone(t('records.exportDone')),
    onError: (thrown) => tellProblem(textOf(thrown)),
  });
  return (
    <Menu position="bottom-end" width={290} defaultOpened withInitialFocusPlaceholder={false} withinPortal={false}>
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
