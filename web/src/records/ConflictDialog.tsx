/** Somebody was faster: both versions side by side, field by field, and the person chooses. Nothing is lost unseen. */
import { Button, Group, Modal, Radio } from '@mantine/core';
import { useState } from 'react';
import { useTranslation, useWords } from '../i18n/index.ts';
import { FieldValue } from './FieldValue.tsx';
import type { RecordKind, Values, View } from './kind.ts';
import { useLookups } from './lookups.tsx';
import classes from './records.module.css';
import { conflictsOf, isSame, textOf } from './values.ts';

type ConflictDialogProps = {
  kind: RecordKind;
  /** The record as it was when both began. */
  base: Values;
  /** What I changed. */
  mine: Values;
  /** The record as it is now on the server. */
  theirs: View;
  busy: boolean;
  onChoose: (changes: Values) => void;
  onCancel: () => void;
};

export function ConflictDialog({ kind, base, mine, theirs, busy, onChoose, onCancel }: ConflictDialogProps) {
  const { t } = useTranslation();
  const words = useWords();
  const lookups = useLookups();
  const labels = kind.labels(words);
  const fields = Object.keys(mine).filter((name) => !isSame(mine[name], theirs[name]));
  const both = new Set(conflictsOf(kind.declaration, base, mine, theirs));
  const [chosen, setChosen] = useState<Record<string, 'mine' | 'theirs'>>({});
  const sideOf = (name: string) => chosen[name] ?? 'mine';
  const all = (side: 'mine' | 'theirs') => setChosen(Object.fromEntries(fields.map((name) => [name, side])));
  return (
    <Modal
      opened
      onClose={onCancel}
      size={760}
      title={t('records.conflictTitle')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <p style={{ marginTop: 0 }}>{t('records.conflictText')}</p>
      <Group gap="xs" mb="xs">
        <Button variant="default" size="compact-sm" onClick={() => all('mine')}>
          {t('records.conflictAllMine')}
        </Button>
        <Button variant="default" size="compact-sm" onClick={() => all('theirs')}>
          {t('records.conflictAllTheirs')}
        </Button>
      </Group>
      <table className={classes['conflict']}>
        <thead>
          <tr>
            <th scope="col">{t('records.conflictField')}</th>
            <th scope="col">{t('records.conflictMine')}</th>
            <th scope="col">{t('records.conflictTheirs')}</th>
          </tr>
        </thead>
        <tbody>
          {fields.map((name) => {
            const field = kind.declaration.fields[name];
            if (field === undefined) return null;
            return (
              <tr key={name}>
                <th scope="row">
                  {labels[name]}
                  {both.has(name) && <small className={classes['both']}>{t('records.conflictBoth')}</small>}
                </th>
                {(['mine', 'theirs'] as const).map((side) => {
                  const values = side === 'mine' ? mine : theirs;
                  return (
                    <td key={side}>
                      <Radio
                        name={`conflict-${name}`}
                        aria-label={`${labels[name]}: ${t(side === 'mine' ? 'records.conflictMine' : 'records.conflictTheirs')}`}
                        label={
                          <FieldValue
                            name={name}
                            field={field}
                            value={values[name]}
                            lookups={lookups}
                            short
                            companyName={textOf(values['companyName'])}
                          />
                        }
                        checked={sideOf(name) === side}
                        onChange={() => setChosen({ ...chosen, [name]: side })}
                      />
                    </td>
                  );
                })}
              </tr>
            );
          })}
        </tbody>
      </table>
      <p className="quiet">{t('records.conflictOthers')}</p>
      <Group justify="flex-end" gap="sm">
        <Button variant="default" onClick={onCancel} disabled={busy}>
          {t('common.cancel')}
        </Button>
        <Button
          loading={busy}
          onClick={() =>
            onChoose(
              Object.fromEntries(fields.filter((name) => sideOf(name) === 'mine').map((name) => [name, mine[name]])),
            )
          }
        >
          {t('records.conflictSave')}
        </Button>
      </Group>
    </Modal>
  );
}
