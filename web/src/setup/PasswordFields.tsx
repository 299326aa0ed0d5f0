/** A new password, twice, with its length told while it is typed. */
import { PasswordInput } from '@mantine/core';
import { useTranslation } from '../i18n/index.ts';
import { StrengthMeter } from '../letters/StrengthMeter.tsx';

/** Characters; the server asks for the same. */
export const passwordLengthMin = 12;

type PasswordFieldsProps = {
  password: string;
  again: string;
  onPassword: (value: string) => void;
  onAgain: (value: string) => void;
  label?: string;
  labelAgain?: string;
  autoFocus?: boolean;
};

export function PasswordFields(props: PasswordFieldsProps) {
  const { t } = useTranslation();
  const length = [...props.password].length;
  const differs = props.again !== '' && !props.password.startsWith(props.again) && props.again !== props.password;
  return (
    <>
      <PasswordInput
        label={props.label ?? t('setup.password')}
        autoComplete="new-password"
        required
        withAsterisk={false}
        autoFocus={props.autoFocus ?? false}
        value={props.password}
        onChange={(event) => props.onPassword(event.currentTarget.value)}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        description={
          length >= passwordLengthMin
            ? t('setup.passwordEnough')
            : t('setup.passwordLength', { count: length, min: passwordLengthMin })
        }
        visibilityToggleButtonProps={{ 'aria-label': t('ui.showPassword') }}
      />
      {length >= passwordLengthMin && <StrengthMeter password={props.password} />}
      <PasswordInput
        label={props.labelAgain ?? t('setup.passwordAgain')}
        autoComplete="new-password"
        required
        withAsterisk={false}
        value={props.again}
        onChange={(event) => props.onAgain(event.currentTarget.value)}
        error={differs ? t('setup.passwordDiffers') : undefined}
        visibilityToggleButtonProps={{ 'aria-label': t('ui.showPassword') }}
      />
    </>
  );
}

export function isPasswordReady(password: string, again: string): boolean {
  return [...password].length >= passwordLengthMin && password === again;
}
