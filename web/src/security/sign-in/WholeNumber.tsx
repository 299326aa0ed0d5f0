/** A whole number of a rule, within its limits; empty only where the rule may be absent. */
import { NumberInput } from '@mantine/core';

type Props = {
  label: string;
  text: string;
  min: number;
  max: number;
  value: number | undefined;
  closed: boolean;
  onChange: (value: number | undefined) => void;
};

export function WholeNumber({ label, text, min, max, value, closed, onChange }: Props) {
  return (
    <NumberInput
      label={label}
      description={text}
      maw={420}
      mt="sm"
      min={min}
      max={max}
      allowDecimal={false}
      value={value ?? ''}
      disabled={closed}
      onChange={(typed) => onChange(typeof typed === 'number' ? typed : undefined)}
    />
  );
}
