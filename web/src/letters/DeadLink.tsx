/** A link that opens nothing: cut off, used, cancelled or too old. */
import type { ReactNode } from 'react';
import { ButtonLink } from '../app/links.tsx';
import { useTranslation } from '../i18n/index.ts';
import { Gate } from '../sign-in/Gate.tsx';
import { ProblemText } from '../ui/ProblemAlert.tsx';
import { State } from '../ui/states.tsx';

export function DeadLink({ problem, children }: { problem: unknown; children?: ReactNode }) {
  const { t } = useTranslation();
  return (
    <Gate>
      <State
        page
        drawing="closed"
        title={t('letters.deadTitle')}
        text={problem === null ? t('letters.noToken') : <ProblemText problem={problem} />}
      >
        {children}
        <ButtonLink to="/sign-in" variant="default">
          {t('letters.toSignIn')}
        </ButtonLink>
      </State>
    </Gate>
  );
}
