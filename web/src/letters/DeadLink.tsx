/** A link that opens nothing: used, too old, or cancelled and cut off. Each says what happened and what to do now. */
import type { ReactNode } from 'react';
import { asProblem } from '../api/problem.ts';
import { ButtonLink } from '../app/links.tsx';
import { useTranslation } from '../i18n/index.ts';
import { Gate } from '../sign-in/Gate.tsx';
import { ProblemText } from '../ui/ProblemAlert.tsx';
import { Failed, State } from '../ui/states.tsx';

const dead = {
  'link.invalid': 'invalid',
  'link.used': 'used',
  'link.expired': 'expired',
  'invitation.invalid': 'invalid',
  'invitation.used': 'used',
  'invitation.expired': 'expired',
} as const;

const howDead = (problem: unknown) => {
  const code = asProblem(problem).code;
  return code in dead ? dead[code as keyof typeof dead] : undefined;
};

/** Whether nothing can be done with this link any more. */
export const isDead = (problem: unknown) => problem !== null && howDead(problem) !== undefined;

const drawings = { invalid: 'closed', used: 'closed', expired: 'late' } as const;

type DeadLinkProps = {
  /** null: the address carries no token at all. */
  problem: unknown;
  retry?: () => void;
  /** The way on; offered where asking again is of use. */
  children?: ReactNode;
};

export function DeadLink({ problem, retry, children }: DeadLinkProps) {
  const { t } = useTranslation();
  const how = problem === null ? 'invalid' : howDead(problem);
  if (how === undefined) {
    return (
      <Gate>
        <Failed page problem={problem} {...(retry === undefined ? {} : { retry })} />
      </Gate>
    );
  }
  return (
    <Gate>
      <State
        page
        drawing={drawings[how]}
        title={t(`letters.dead.${how}`)}
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
