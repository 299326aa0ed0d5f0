/** The drawn states of every list and form: loading, empty, failed, no right. */
import { Button, Skeleton } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Permission } from '../contract.ts';
import { useTranslation, useWords } from '../i18n/index.ts';
import type { DrawingName } from './drawings.tsx';
import { Drawing } from './drawings.tsx';
import { ProblemText } from './ProblemAlert.tsx';
import classes from './states.module.css';

/** `page`: the state is all there is on the page, so its title is the page’s. */
type StateProps = {
  page?: boolean;
  drawing: DrawingName;
  title: string;
  text?: ReactNode;
  children?: ReactNode;
};

export function State({ page = false, drawing, title, text, children }: StateProps) {
  return (
    <div className={classes['state']}>
      <div className={classes['drawing']}>
        <Drawing name={drawing} />
      </div>
      {page ? <h1>{title}</h1> : <h2>{title}</h2>}
      {text !== undefined && <p>{text}</p>}
      {children !== undefined && <div className={classes['actions']}>{children}</div>}
    </div>
  );
}

export function Failed({ problem, retry, page = false }: { problem: unknown; retry?: () => void; page?: boolean }) {
  const { t } = useTranslation();
  return (
    <div role="alert">
      <State page={page} drawing="failed" title={t('problem.title')} text={<ProblemText problem={problem} />}>
        {retry !== undefined && (
          <Button variant="default" onClick={retry}>
            {t('common.retry')}
          </Button>
        )}
      </State>
    </div>
  );
}

export function NoRight({ permission, children }: { permission: Permission; children?: ReactNode }) {
  const { t } = useTranslation();
  const words = useWords();
  return (
    <State
      page
      drawing="closed"
      title={t('noRight.title')}
      text={t('noRight.text', { permission: words.permissions[permission] })}
    >
      {children}
    </State>
  );
}

/** Grey lines where rows will be; spoken as “loading”. */
export function LoadingLines({ rows = 6, height = 16 }: { rows?: number; height?: number }) {
  const { t } = useTranslation();
  return (
    <div className={classes['lines']} role="status" aria-label={t('common.loading')}>
      {Array.from({ length: rows }, (_, index) => (
        <Skeleton key={index} height={height} width={`${92 - ((index * 17) % 38)}%`} />
      ))}
    </div>
  );
}
