/** What went wrong, in the person’s language, with the way out and the number of the request. */
import { Alert } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { asProblem } from '../api/problem.ts';
import { useTranslation, useWords } from '../i18n/index.ts';

export function useProblemText(): (problem: unknown) => string {
  const { t } = useTranslation();
  const words = useWords();
  return (thrown) => {
    const { code } = asProblem(thrown);
    if (code === 'unreachable') return t('problem.unreachable');
    if (code === 'unknown') return t('problem.unknown');
    return words.errors[code];
  };
}

export function ProblemText({ problem }: { problem: unknown }) {
  const { t } = useTranslation();
  const textOf = useProblemText();
  const { requestId, status } = asProblem(problem);
  return (
    <>
      {textOf(problem)}
      {status >= 500 && requestId !== undefined && (
        <>
          <br />
          <span className="mono">{t('common.requestNumber', { id: requestId })}</span>
        </>
      )}
    </>
  );
}

/** `about`: the field it is about, in words. */
export function ProblemAlert({ problem, about }: { problem: unknown; about?: string | undefined }) {
  if (problem === null || problem === undefined) return null;
  return (
    <Alert color="brick" variant="light" icon={<IconAlertTriangle size={18} aria-hidden />} role="alert">
      {about !== undefined && <strong>{about}: </strong>}
      <ProblemText problem={problem} />
    </Alert>
  );
}
