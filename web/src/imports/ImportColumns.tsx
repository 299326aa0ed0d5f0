/** Which column becomes which field, how the file is read, what happens to duplicates and to what is not said. */
import { Button, Checkbox, Group, NativeSelect, Radio, Switch, Table, TagsInput, TextInput } from '@mantine/core';
import type { ImportKind, ImportLookValue, ImportPlanValue } from '../contract.ts';
import { contactStages, legalBases } from '../contract.ts';
import { useTranslation, useWords } from '../i18n/index.ts';
import { departmentOptions, useLookups } from '../records/lookups.tsx';
import { ProblemAlert } from '../ui/ProblemAlert.tsx';
import { ScrollRegion } from '../ui/ScrollRegion.tsx';
import { useSession } from '../app/session.tsx';
import { importClosedOf } from './closed-fields.ts';
import { importFieldsOf } from './fields.ts';
import classes from './imports.module.css';
import type { Reading } from './ImportWizard.tsx';
import { mapColumn } from './plan.ts';

type ImportColumnsProps = {
  kind: ImportKind;
  look: ImportLookValue;
  plan: ImportPlanValue;
  onPlan: (plan: ImportPlanValue) => void;
  reading: Reading;
  onReading: (reading: Reading) => void;
  busy: boolean;
  problem: unknown;
  onNext: () => void;
};

const encodings = ['utf-8', 'windows-1251', 'utf-16le', 'utf-16be'];
const delimiters = [
  [',', 'comma'],
  [';', 'semicolon'],
  ['\t', 'tab'],
  ['|', 'pipe'],
] as const;

export function ImportColumns(props: ImportColumnsProps) {
  const { kind, look, plan, onPlan, busy, problem, onNext } = props;
  const { t } = useTranslation();
  const mapped = Object.keys(plan.mapping).length;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (mapped > 0) onNext();
      }}
    >
      <section className={`panel ${classes['section']}`} aria-label={t('imports.lookTitle')}>
        <h2>{t('imports.lookTitle')}</h2>
        <p className="quiet">
          {t('imports.lookText')}{' '}
          {look.product !== null && <strong>{t('imports.recognised', { product: look.product })}</strong>}
        </p>
        <MappingTable kind={kind} look={look} plan={plan} onPlan={onPlan} />
      </section>
      <ReadingOptions {...props} />
      <Duplicates kind={kind} plan={plan} onPlan={onPlan} />
      <Defaults kind={kind} plan={plan} onPlan={onPlan} />
      <ProblemAlert problem={problem} />
      <Group gap="sm" mt="sm">
        <Button type="submit" loading={busy} disabled={mapped === 0}>
          {t('imports.toPreview')}
        </Button>
        {mapped === 0 && <span className="quiet">{t('imports.mapSomething')}</span>}
      </Group>
    </form>
  );
}

/** What is closed to who is importing. */
function useImportClosed(kind: ImportKind) {
  const { fields } = useSession();
  return importClosedOf(kind, fields);
}

type PlanProps = { kind: ImportKind; plan: ImportPlanValue; onPlan: (plan: ImportPlanValue) => void };

function MappingTable({ kind, look, plan, onPlan }: PlanProps & { look: ImportLookValue }) {
  const { t } = useTranslation();
  const words = useWords();
  const closed = useImportClosed(kind);
  const fields = importFieldsOf[kind]
    .filter((field) => !closed.columns.has(field))
    .map((field) => ({ value: field, label: words.importFields[field] }));
  return (
    <ScrollRegion label={t('imports.column')}>
      <Table verticalSpacing={6} miw={560}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('imports.column')}</Table.Th>
            <Table.Th>{t('imports.sample')}</Table.Th>
            <Table.Th>{t('imports.field')}</Table.Th>
            <Table.Td />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {look.columns.map((column) => {
            const heading = column.heading || t('imports.unnamedColumn', { n: column.index + 1 });
            const field = plan.mapping[String(column.index)] ?? '';
            return (
              <Table.Tr key={column.index}>
                <Table.Td fw={600}>{heading}</Table.Td>
                <Table.Td>
                  <div className={classes['samples']}>{column.samples.join(' · ')}</div>
                </Table.Td>
                <Table.Td>
                  <NativeSelect
                    aria-label={t('imports.fieldOf', { column: heading })}
                    value={field}
                    onChange={(event) => onPlan(mapColumn(plan, column.index, event.currentTarget.value))}
                    data={[{ value: '', label: t('imports.skipColumn') }, ...fields]}
                  />
                </Table.Td>
                <Table.Td className="quiet">
                  {field !== '' &&
                    field === column.field &&
                    column.confidence !== 'none' &&
                    t(`imports.${column.confidence}`)}
                </Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
    </ScrollRegion>
  );
}

function ReadingOptions({ look, plan, onPlan, reading, onReading }: ImportColumnsProps) {
  const { t } = useTranslation();
  return (
    <section className={`panel ${classes['section']}`} aria-label={t('imports.reading')}>
      <h2>{t('imports.reading')}</h2>
      <div className={classes['row']} style={{ marginTop: 10 }}>
        {look.format === 'csv' && (
          <>
            <NativeSelect
              label={t('imports.encoding')}
              value={look.encoding}
              onChange={(event) => onReading({ ...reading, encoding: event.currentTarget.value })}
              data={encodings.includes(look.encoding) ? encodings : [look.encoding, ...encodings]}
            />
            <NativeSelect
              label={t('imports.delimiter')}
              value={look.delimiter ?? ','}
              onChange={(event) => onReading({ ...reading, delimiter: event.currentTarget.value })}
              data={delimiters.map(([value, name]) => ({ value, label: t(`imports.delimiters.${name}`) }))}
            />
          </>
        )}
        {look.sheets.length > 1 && (
          <NativeSelect
            label={t('imports.sheet')}
            value={look.sheet ?? ''}
            onChange={(event) => onReading({ ...reading, sheet: event.currentTarget.value })}
            data={look.sheets}
          />
        )}
        <Switch
          mb={8}
          label={t('imports.headingRow')}
          checked={plan.headingRow ?? true}
          onChange={(event) => onPlan({ ...plan, headingRow: event.currentTarget.checked })}
        />
      </div>
    </section>
  );
}

function Duplicates({ kind, plan, onPlan }: PlanProps) {
  const { t } = useTranslation();
  const closed = useImportClosed(kind);
  const { by, then } = plan.duplicates;
  const means = [
    ['phone', 'byPhone'],
    ['email', 'byEmail'],
    ['edrpou', 'byEdrpou'],
  ] as const;
  return (
    <section className={`panel ${classes['section']}`} aria-label={t('imports.duplicatesTitle')}>
      <h2>{t('imports.duplicatesTitle')}</h2>
      <div className={classes['row']} style={{ marginTop: 10, alignItems: 'flex-start', gap: '14px 48px' }}>
        <Checkbox.Group
          label={t('imports.duplicatesBy')}
          value={[...by]}
          onChange={(value) =>
            onPlan({
              ...plan,
              duplicates: { then, by: means.map(([mean]) => mean).filter((mean) => value.includes(mean)) },
            })
          }
        >
          {means
            .filter(([mean]) => (kind === 'companies' || mean !== 'edrpou') && !closed.duplicates.has(mean))
            .map(([mean, label]) => (
              <Checkbox key={mean} value={mean} label={t(`imports.${label}`)} mt={8} />
            ))}
        </Checkbox.Group>
        <Radio.Group
          label={t('imports.then')}
          value={then}
          onChange={(value) => onPlan({ ...plan, duplicates: { by, then: value } })}
        >
          <Radio value="skip" label={t('imports.thenSkip')} mt={8} />
          <Radio value="update" label={t('imports.thenUpdate')} mt={8} />
          <Radio value="create" label={t('imports.thenCreate')} mt={8} />
        </Radio.Group>
      </div>
    </section>
  );
}

function Defaults({ kind, plan, onPlan }: PlanProps) {
  const { t } = useTranslation();
  const words = useWords();
  const lookups = useLookups();
  const { defaults } = plan;
  const closed = useImportClosed(kind).defaults;
  const none = { value: '', label: '—' };
  const set = (name: keyof typeof defaults, value: string | string[]) => {
    const { [name]: _, ...rest } = defaults;
    onPlan({ ...plan, defaults: value.length === 0 ? rest : { ...rest, [name]: value } });
  };
  return (
    <section className={`panel ${classes['section']}`} aria-label={t('imports.defaultsTitle')}>
      <h2>{t('imports.defaultsTitle')}</h2>
      <div className={classes['row']} style={{ marginTop: 10 }}>
        {lookups.people.length > 0 && !closed.has('ownerId') && (
          <NativeSelect
            label={words.importFields.ownerName}
            value={defaults.ownerId ?? ''}
            onChange={(event) => set('ownerId', event.currentTarget.value)}
            data={[
              none,
              ...lookups.people.filter((person) => person.active).map(({ id, name }) => ({ value: id, label: name })),
            ]}
          />
        )}
        {lookups.departments.length > 0 && !closed.has('departmentId') && (
          <NativeSelect
            label={words.importFields.departmentName}
            value={defaults.departmentId ?? ''}
            onChange={(event) => set('departmentId', event.currentTarget.value)}
            data={[none, ...departmentOptions(lookups.departments)]}
          />
        )}
        {!closed.has('stage') && (
          <NativeSelect
            label={words.importFields.stage}
            value={defaults.stage ?? ''}
            onChange={(event) => set('stage', event.currentTarget.value)}
            data={[none, ...contactStages.map((stage) => ({ value: stage, label: words.stages[stage] }))]}
          />
        )}
        {kind === 'contacts' && (
          <>
            {!closed.has('source') && (
              <TextInput
                label={words.importFields.source}
                maxLength={200}
                value={defaults.source ?? ''}
                onChange={(event) => set('source', event.currentTarget.value)}
              />
            )}
            {!closed.has('legalBasis') && (
              <NativeSelect
                label={words.importFields.legalBasis}
                value={defaults.legalBasis ?? ''}
                onChange={(event) => set('legalBasis', event.currentTarget.value)}
                data={[none, ...legalBases.map((basis) => ({ value: basis, label: words.legalBases[basis] }))]}
              />
            )}
          </>
        )}
        {!closed.has('tags') && (
          <TagsInput
            label={t('imports.defaultTags')}
            miw={220}
            maxTags={10}
            maxLength={60}
            value={[...(defaults.tags ?? [])]}
            onChange={(value) => set('tags', value)}
            placeholder={t('records.tagsHint')}
          />
        )}
      </div>
    </section>
  );
}
