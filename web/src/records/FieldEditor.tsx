/** One value of a declared field, for writing. Which control it is follows from the kind of the field. */
import { ActionIcon, Button, Input, NativeSelect, TagsInput, Textarea, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { tagsQuery } from '../api/queries.ts';
import type { ContactStage, Email, FieldDeclaration, LegalBasis, Phone } from '../contract.ts';
import { formatPhone, parseEdrpou, parseEmail, parseUkrainianPhone } from '../contract.ts';
import { useTranslation, useWords } from '../i18n/index.ts';
import { CompanyPicker } from './CompanyPicker.tsx';
import type { Lookups } from './lookups.tsx';
import { departmentOptions } from './lookups.tsx';
import classes from './records.module.css';

type FieldEditorProps = {
  name: string;
  field: FieldDeclaration;
  label: string;
  value: unknown;
  onChange: (value: unknown) => void;
  error: ReactNode;
  disabled: boolean;
  autoFocus: boolean;
  lookups: Lookups;
  /** Text of the company that is chosen now. */
  companyName: string;
  onCompanyName: (name: string) => void;
};

export function FieldEditor(props: FieldEditorProps) {
  const { name, field, label, value, onChange, error, disabled, autoFocus, lookups } = props;
  const { t } = useTranslation();
  const words = useWords();
  const shared = { label, error, disabled };
  switch (field.kind) {
    case 'phones':
      return <Phones value={value as Phone[]} max={field.max} {...shared} onChange={onChange} />;
    case 'emails':
      return <Emails value={value as Email[]} max={field.max} {...shared} onChange={onChange} />;
    case 'text':
      return (
        <Textarea
          {...shared}
          autosize
          minRows={4}
          maxRows={18}
          maxLength={field.max}
          data-wide
          value={String(value)}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    case 'date':
      return (
        <TextInput
          {...shared}
          type="date"
          max="9999-12-31"
          value={(value as string | null) ?? ''}
          onChange={(event) => onChange(event.currentTarget.value || null)}
        />
      );
    case 'money':
      return (
        <TextInput
          {...shared}
          inputMode="decimal"
          maxLength={40}
          autoComplete="off"
          placeholder="12 500,00"
          value={(value as string | null) ?? ''}
          onChange={(event) => onChange(event.currentTarget.value || null)}
        />
      );
    case 'choice':
      return (
        <NativeSelect
          {...shared}
          value={String(value)}
          onChange={(event) => onChange(event.currentTarget.value)}
          data={(field.choices ?? []).map((choice) => ({
            value: choice,
            label: name === 'stage' ? words.stages[choice as ContactStage] : words.legalBases[choice as LegalBasis],
          }))}
        />
      );
    case 'person': {
      const active = lookups.people.filter((person) => person.active || person.id === value);
      return (
        <NativeSelect
          {...shared}
          value={(value as string | null) ?? ''}
          onChange={(event) => onChange(event.currentTarget.value || null)}
          data={[
            { value: '', label: t('records.nobody') },
            ...withPresent(
              active.map(({ id, name: text }) => ({ value: id, label: text })),
              value,
              lookups.personName,
            ),
          ]}
        />
      );
    }
    case 'department':
      return (
        <NativeSelect
          {...shared}
          value={(value as string | null) ?? ''}
          onChange={(event) => onChange(event.currentTarget.value || null)}
          data={[
            { value: '', label: t('records.nobody') },
            ...withPresent(departmentOptions(lookups.departments), value, lookups.departmentName),
          ]}
        />
      );
    case 'company':
      return (
        <CompanyPicker
          {...shared}
          value={value as string | null}
          name={props.companyName}
          onChange={(company) => {
            onChange(company?.id ?? null);
            if (company !== null) props.onCompanyName(company.name);
          }}
        />
      );
    case 'tags':
      return <Tags {...shared} value={value as string[]} max={field.max} onChange={onChange} />;
    case 'edrpou':
      return <Code {...shared} value={String(value)} onChange={onChange} />;
    default:
      return (
        <TextInput
          {...shared}
          autoFocus={autoFocus}
          maxLength={field.max}
          autoComplete="off"
          inputMode={field.kind === 'url' ? 'url' : 'text'}
          value={String(value)}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
  }
}

/** Somebody who is chosen now stays on the list, even when no longer active or out of sight. */
function withPresent(options: { value: string; label: string }[], value: unknown, nameOf: (id: unknown) => string) {
  if (typeof value !== 'string' || options.some((option) => option.value === value)) return options;
  return [...options, { value, label: nameOf(value) || '—' }];
}

type Part<T> = {
  label: string;
  error: ReactNode;
  disabled: boolean;
  value: T;
  max?: number;
  onChange: (value: T) => void;
};

/** Says that a code is wrong when the field is left, not while it is being typed. */
function Code({ value, onChange, error, ...rest }: Part<string>) {
  const words = useWords();
  const [left, setLeft] = useState(false);
  const wrong = left && value.trim() !== '' && parseEdrpou(value) === null;
  return (
    <TextInput
      {...rest}
      inputMode="numeric"
      maxLength={20}
      autoComplete="off"
      value={value}
      error={error ?? (wrong ? words.errors['field.edrpou_invalid'] : undefined)}
      onBlur={() => setLeft(true)}
      onChange={(event) => {
        setLeft(false);
        onChange(event.currentTarget.value);
      }}
    />
  );
}

function Tags({ value, onChange, max = 30, ...rest }: Part<string[]>) {
  const { t } = useTranslation();
  const known = useQuery(tagsQuery).data ?? [];
  return (
    <TagsInput
      {...rest}
      data-wide
      value={value}
      onChange={onChange}
      data={known}
      maxTags={max}
      maxLength={60}
      placeholder={value.length === 0 ? t('records.tagsHint') : ''}
      clearable
      clearButtonProps={{ 'aria-label': t('common.clear') }}
    />
  );
}

function Phones({ value, onChange, label, error, disabled, max = 10 }: Part<Phone[]>) {
  const { t } = useTranslation();
  const words = useWords();
  const [left, setLeft] = useState<ReadonlySet<number>>(new Set());
  const shown = value.length === 0 ? [{ number: '', label: '' }] : value;
  const set = (index: number, part: Partial<Phone>) =>
    onChange(shown.map((phone, at) => (at === index ? { ...phone, ...part } : phone)));
  const settle = (index: number, number: string) => {
    setLeft(new Set([...left, index]));
    const parsed = parseUkrainianPhone(number);
    if (parsed !== null && parsed.extension === undefined) set(index, { number: parsed.number });
  };
  // Numbers of other countries are checked by the server: their numbering plans are too heavy for a form.
  const isWrong = (index: number, number: string) =>
    left.has(index) && number.trim() !== '' && (number.match(/\d/g)?.length ?? 0) < 7;
  return (
    <fieldset className={classes['fieldset']} data-wide disabled={disabled}>
      <legend>{label}</legend>
      <div className={classes['entries']}>
        {shown.map((phone, index) => (
          <div className={classes['entry']} key={index}>
            <TextInput
              type="tel"
              autoComplete="off"
              aria-label={t('records.phoneNumber', { n: index + 1 })}
              placeholder="050 000 00 00"
              maxLength={60}
              value={left.has(index) ? formatPhone(phone.number) : phone.number}
              error={isWrong(index, phone.number) ? words.errors['field.phone_invalid'] : undefined}
              onFocus={() => setLeft(new Set([...left].filter((at) => at !== index)))}
              onBlur={(event) => settle(index, event.currentTarget.value)}
              onChange={(event) => set(index, { number: event.currentTarget.value })}
            />
            <TextInput
              aria-label={t('records.phoneLabel', { n: index + 1 })}
              placeholder={t('records.label')}
              maxLength={40}
              autoComplete="off"
              value={phone.label}
              onChange={(event) => set(index, { label: event.currentTarget.value })}
            />
            <Drop
              label={t('records.removePhone', { n: index + 1 })}
              onDrop={() => onChange(shown.filter((_, at) => at !== index))}
              hidden={value.length === 0}
            />
          </div>
        ))}
      </div>
      {error !== undefined && !shown.some((phone, index) => isWrong(index, phone.number)) && (
        <Input.Error mt={4}>{error}</Input.Error>
      )}
      {shown.length < max && (
        <More label={t('records.addPhone')} onMore={() => onChange([...shown, { number: '', label: '' }])} />
      )}
    </fieldset>
  );
}

function Emails({ value, onChange, label, error, disabled, max = 10 }: Part<Email[]>) {
  const { t } = useTranslation();
  const words = useWords();
  const [left, setLeft] = useState<ReadonlySet<number>>(new Set());
  const shown = value.length === 0 ? [{ address: '', label: '' }] : value;
  const set = (index: number, part: Partial<Email>) =>
    onChange(shown.map((email, at) => (at === index ? { ...email, ...part } : email)));
  const isWrong = (index: number, address: string) =>
    left.has(index) && address.trim() !== '' && parseEmail(address) === null;
  return (
    <fieldset className={classes['fieldset']} data-wide disabled={disabled}>
      <legend>{label}</legend>
      <div className={classes['entries']}>
        {shown.map((email, index) => (
          <div className={classes['entry']} key={index}>
            <TextInput
              type="email"
              autoComplete="off"
              aria-label={t('records.emailAddress', { n: index + 1 })}
              placeholder="olena@firma.example"
              maxLength={254}
              value={email.address}
              error={isWrong(index, email.address) ? words.errors['field.email_invalid'] : undefined}
              onFocus={() => setLeft(new Set([...left].filter((at) => at !== index)))}
              onBlur={() => setLeft(new Set([...left, index]))}
              onChange={(event) => set(index, { address: event.currentTarget.value })}
            />
            <TextInput
              aria-label={t('records.emailLabel', { n: index + 1 })}
              placeholder={t('records.labelEmail')}
              maxLength={40}
              autoComplete="off"
              value={email.label}
              onChange={(event) => set(index, { label: event.currentTarget.value })}
            />
            <Drop
              label={t('records.removeEmail', { n: index + 1 })}
              onDrop={() => onChange(shown.filter((_, at) => at !== index))}
              hidden={value.length === 0}
            />
          </div>
        ))}
      </div>
      {error !== undefined && !shown.some((email, index) => isWrong(index, email.address)) && (
        <Input.Error mt={4}>{error}</Input.Error>
      )}
      {shown.length < max && (
        <More label={t('records.addEmail')} onMore={() => onChange([...shown, { address: '', label: '' }])} />
      )}
    </fieldset>
  );
}

function Drop({ label, onDrop, hidden }: { label: string; onDrop: () => void; hidden: boolean }) {
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size={36}
      aria-label={label}
      onClick={onDrop}
      style={{ visibility: hidden ? 'hidden' : 'visible' }}
    >
      <IconX size={17} aria-hidden />
    </ActionIcon>
  );
}

function More({ label, onMore }: { label: string; onMore: () => void }) {
  return (
    <Button variant="subtle" size="compact-sm" mt={6} leftSection={<IconPlus size={15} aria-hidden />} onClick={onMore}>
      {label}
    </Button>
  );
}
