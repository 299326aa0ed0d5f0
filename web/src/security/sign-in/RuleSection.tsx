/** One section of the rules: its name, what it does in a line, and its fields. */
import type { ReactNode } from 'react';
import { useId } from 'react';
import classes from './rules.module.css';

export function RuleSection({ title, text, children }: { title: string; text: string; children: ReactNode }) {
  const id = useId();
  return (
    <section className={`panel ${classes['section']}`} aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <p className={classes['text']}>{text}</p>
      {children}
    </section>
  );
}
