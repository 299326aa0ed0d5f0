/** The order of a list. */
import { NativeSelect } from '@mantine/core';
import type { Sort } from '../app/search.ts';
import { sorts } from '../app/search.ts';
import { useTranslation } from '../i18n/index.ts';

const sortNames = {
  '-created': 'sortNewest',
  created: 'sortOldest',
  '-updated': 'sortUpdated',
  updated: 'sortUpdatedOld',
  name: 'sortName',
  '-name': 'sortNameBack',
} as const;

type SortSelectProps = {
  sort: Sort;
  /** false: names are closed to this person, and so is their order. */
  byName: boolean;
  onSort: (sort: Sort) => void;
};

export function SortSelect({ sort, byName, onSort }: SortSelectProps) {
  const { t } = useTranslation();
  return (
    <NativeSelect
      aria-label={t('records.sort')}
      value={sort}
      onChange={(event) => onSort(event.currentTarget.value as Sort)}
      data={sorts
        .filter((value) => byName || !value.endsWith('name'))
        .map((value) => ({ value, label: t(`records.${sortNames[value]}`) }))}
    />
  );
}
