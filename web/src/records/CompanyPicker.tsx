/** Chooses a company by typing its name or code; only companies in the person’s reach are found. */
import { Combobox, Input, TextInput, useCombobox } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { call } from '../api/call.ts';
import { useTranslation } from '../i18n/index.ts';

type Company = { id: string; name: string };
type CompanyPickerProps = {
  label: string;
  value: string | null;
  name: string;
  error: ReactNode;
  disabled: boolean;
  onChange: (company: Company | null) => void;
};

export function CompanyPicker({ label, value, name, error, disabled, onChange }: CompanyPickerProps) {
  const { t } = useTranslation();
  const combobox = useCombobox();
  const [text, setText] = useState<string | null>(null);
  const [asked] = useDebouncedValue((text ?? '').trim(), 160);
  const found = useQuery({
    queryKey: ['companies', 'picker', asked],
    queryFn: ({ signal }) => call('POST /api/v1/companies/find', { body: { text: asked, limit: 12 }, signal }),
    enabled: asked !== '',
    gcTime: 30_000,
  });
  const rows = asked === '' ? [] : (found.data?.rows ?? []);
  const shown = text ?? (value === null ? '' : name);
  return (
    <Combobox
      store={combobox}
      onOptionSubmit={(id) => {
        const row = rows.find((one) => one.id === id);
        if (row !== undefined) onChange({ id, name: row.name });
        setText(null);
        combobox.closeDropdown();
      }}
    >
      <Combobox.Target>
        <TextInput
          label={label}
          error={error}
          disabled={disabled}
          autoComplete="off"
          maxLength={200}
          placeholder={t('records.chooseCompany')}
          value={shown}
          rightSectionPointerEvents="all"
          rightSection={
            value !== null && !disabled ? (
              <Input.ClearButton
                aria-label={t('common.clear')}
                onClick={() => {
                  setText(null);
                  onChange(null);
                }}
              />
            ) : null
          }
          onChange={(event) => {
            setText(event.currentTarget.value);
            combobox.openDropdown();
            combobox.updateSelectedOptionIndex('active');
            if (event.currentTarget.value === '') onChange(null);
          }}
          onFocus={() => combobox.openDropdown()}
          onBlur={() => {
            setText(null);
            combobox.closeDropdown();
          }}
        />
      </Combobox.Target>
      <Combobox.Dropdown hidden={asked === '' || found.isPending}>
        <Combobox.Options aria-label={label}>
          {rows.map((row) => (
            <Combobox.Option value={row.id} key={row.id}>
              {row.name} <span className="quiet">{row.edrpou}</span>
            </Combobox.Option>
          ))}
          {rows.length === 0 && <Combobox.Empty>{t('records.companyNothing')}</Combobox.Empty>}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}
