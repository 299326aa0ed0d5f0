/** The first step: one sheet, or several of which some are enough. */
import { Button, Group, NativeSelect, Radio, Stack } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from '../../i18n/index.ts';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';

type Props = {
  first: boolean;
  busy: boolean;
  problem: unknown;
  onMake: (split: { needed: number; sheets: number }) => void;
  onCancel: () => void;
};

const sheetsMax = 16;
const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => String(from + at));

export function ChooseKit({ first, busy, problem, onMake, onCancel }: Props) {
  const { t } = useTranslation();
  const [how, setHow] = useState('split');
  const [sheets, setSheets] = useState(3);
  const [needed, setNeeded] = useState(2);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onMake(how === 'whole' ? { needed: 1, sheets: 1 } : { needed: Math.min(needed, sheets), sheets });
      }}
    >
      <Stack gap="md">
        <Radio.Group label={t('kit.choose')} value={how} onChange={setHow}>
          <Stack gap="sm" mt="sm">
            <Radio value="split" label={t('kit.chooseSplit')} description={t('kit.chooseSplitText')} />
            <Radio value="whole" label={t('kit.chooseWhole')} description={t('kit.chooseWholeText')} />
          </Stack>
        </Radio.Group>
        {how === 'split' && (
          <Group align="flex-end" gap="md">
            <NativeSelect
              label={t('kit.sheets')}
              data={numbers(2, sheetsMax)}
              value={String(sheets)}
              onChange={({ currentTarget: { value } }) => setSheets(Number(value))}
            />
            <NativeSelect
              label={t('kit.needed')}
              data={numbers(2, sheets)}
              value={String(Math.min(needed, sheets))}
              onChange={({ currentTarget: { value } }) => setNeeded(Number(value))}
            />
          </Group>
        )}
        <p className="quiet" style={{ margin: 0 }}>
          {t('kit.ready')} {!first && t('kit.replaces')}
        </p>
        <ProblemAlert problem={problem} />
        <Group gap="sm">
          <Button type="submit" loading={busy}>
            {t('kit.make')}
          </Button>
          <Button variant="default" onClick={onCancel} disabled={busy}>
            {t('kit.cancel')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
