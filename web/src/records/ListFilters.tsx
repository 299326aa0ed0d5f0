/** The filters of a list. Native selects: light, quick, and known to every screen reader and phone. */
import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { tagsQuery } from '../api/queries.ts';
import { useCan } from '../app/session.tsx';
import type { ListSearch } from '../app/search.ts';
import { contactStages } from '../contract.ts';
import { useTranslation, useWords } from '../i18n/index.ts';
import { filteredField } from './closed.ts';
import { useClosed } from './use-closed.ts';
import { countFilters, filterNames } from './filters.ts';
import type { RecordKind } from './kind.ts';
import type { Lookups } from './lookups.tsx';
import { departmentOptions } from './lookups.tsx';
import classes from './records.module.css';

type ListFiltersProps = {
  kind: RecordKind;
  search: ListSearch;
  lookups: Lookups;
  onChange: (change: { [K in keyof ListSearch]?: ListSearch[K] | undefined }) => void;
};

export default function ListFilters({ kind, search, lookups, onChange }: ListFiltersProps) {
  const { t } = useTranslation();
  const words = useWords();
  const can = useCan();
  const closed = useClosed(kind);
  const tags = useQuery({ ...tagsQuery, enabled: can('contact.read') }).data ?? [];
  const any = { value: '', label: t('common.all') };
  const has = (name: RecordKind['filters'][number]) =>
    kind.filters.includes(name) && closed[filteredField[name] ?? name] === undefined;
  const clear = Object.fromEntries(filterNames.map((name) => [name, undefined]));
  return (
    <section className={`panel ${classes['filters']}`} aria-label={t('records.filters')}>
      {has('stage') && (
        <NativeSelect
          label={t('records.stage')}
          value={search.stage ?? ''}
          onChange={(event) => onChange({ stage: (event.currentTarget.value || undefined) as ListSearch['stage'] })}
          data={[any, ...contactStages.map((stage) => ({ value: stage, label: words.stages[stage] }))]}
        />
      )}
      {has('ownerId') && lookups.people.length > 0 && (
        <NativeSelect
          label={t('records.owner')}
          value={search.ownerId ?? ''}
          onChange={(event) => onChange({ ownerId: event.currentTarget.value || undefined })}
          data={[any, ...lookups.people.map((person) => ({ value: person.id, label: person.name }))]}
        />
      )}
      {has('departmentId') && lookups.departments.length > 0 && (
        <NativeSelect
          label={t('records.department')}
          value={search.departmentId ?? ''}
          onChange={(event) => onChange({ departmentId: event.currentTarget.value || undefined })}
          data={[any, ...departmentOptions(lookups.departments)]}
        />
      )}
      {has('tag') && (
        <NativeSelect
          label={t('records.tag')}
          value={search.tag ?? ''}
          onChange={(event) => onChange({ tag: event.currentTarget.value || undefined })}
          data={[any, ...new Set([...tags, ...(search.tag === undefined ? [] : [search.tag])])]}
        />
      )}
      <TextInput
        type="date"
        label={t('records.createdFrom')}
        value={search.createdFrom ?? ''}
        max={search.createdTo}
        onChange={(event) => onChange({ createdFrom: event.currentTarget.value || undefined })}
      />
      <TextInput
        type="date"
        label={t('records.createdTo')}
        value={search.createdTo ?? ''}
        min={search.createdFrom}
        onChange={(event) => onChange({ createdTo: event.currentTarget.value || undefined })}
      />
      {has('withoutNextStep') && (
        <div className={classes['filterSwitch']}>
          <Checkbox
            label={t('records.withoutNextStep')}
            checked={search.withoutNextStep === true}
            onChange={(event) => onChange({ withoutNextStep: event.currentTarget.checked ? true : undefined })}
          />
        </div>
      )}
      <div className={classes['filterSwitch']}>
        <Checkbox
          label={t('sharing.filter')}
          checked={search.shared === true}
          onChange={(event) => onChange({ shared: event.currentTarget.checked ? true : undefined })}
        />
      </div>
      <Button
        variant="subtle"
        color="gray"
        px={8}
        disabled={countFilters(search) === 0}
        onClick={() => onChange(clear)}
      >
        {t('records.clearFilters')}
      </Button>
    </section>
  );
}
