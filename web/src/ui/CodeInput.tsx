/** Six digits of the authenticator app in one field: it can be pasted into, spoken and filled by the keyboard of a phone. */
import { TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './CodeInput.module.css';

type CodeInputProps = {
  label: string;
  value: string;
  onChange: (value: string) => void;
  /** Called once when the sixth digit is in. */
  onFull?: (value: string) => void;
  disabled?: boolean;
  error?: ReactNode;
  autoFocus?: boolean;
};

export function CodeInput({
  label,
  value,
  onChange,
  onFull,
  disabled = false,
  error,
  autoFocus = true,
}: CodeInputProps) {
  return (
    <TextInput
      label={label}
      value={value}
      error={error}
      readOnly={disabled}
      autoFocus={autoFocus}
      inputMode="numeric"
      autoComplete="one-time-code"
      maxLength={12}
      classNames={{ input: classes['input'] ?? '' }}
      onChange={(event) => {
        const digits = event.currentTarget.value.replaceAll(/\D/g, '').slice(0, 6);
        onChange(digits);
        if (digits.length === 6 && digits !== value) onFull?.(digits);
      }}
    />
  );
}
