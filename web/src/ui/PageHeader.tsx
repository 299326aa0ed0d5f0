/** The head of a page: what it is for in one line, and what can be done on it. */
import type { ReactNode } from 'react';
import classes from './PageHeader.module.css';

type PageHeaderProps = { title: ReactNode; intro?: ReactNode; children?: ReactNode; above?: ReactNode };

export function PageHeader({ title, intro, children, above }: PageHeaderProps) {
  return (
    <div className={classes['header']}>
      <div className={classes['words']}>
        {above}
        <h1>{title}</h1>
        {intro !== undefined && <p>{intro}</p>}
      </div>
      {children !== undefined && <div className={classes['actions']}>{children}</div>}
    </div>
  );
}
