/** A page that broke, or a server that did not answer when it opened. */
import { Button } from '@mantine/core';
import { Problem } from '../api/problem.ts';
import { useTranslation } from '../i18n/index.ts';
import { ProblemText } from '../ui/ProblemAlert.tsx';
import { State } from '../ui/states.tsx';

export function Crashed({ error }: { error: unknown }) {
  const { t } = useTranslation();
  return (
    <main className="page">
      <div role="alert">
        <State
          page
          drawing="failed"
          title={t('problem.title')}
          text={error instanceof Problem ? <ProblemText problem={error} /> : t('problem.crashed')}
        >
          <Button onClick={() => location.reload()}>{t('problem.reload')}</Button>
        </State>
      </div>
    </main>
  );
}
