/** The stage of a client as a dot and a word: colour alone says nothing. */
import { useWords } from '../i18n/index.ts';
import type { ContactStage } from '../contract.ts';
import classes from './StageBadge.module.css';

export function StageBadge({ stage }: { stage: string }) {
  const words = useWords();
  return (
    <span className={classes['badge']} data-stage={stage}>
      {words.stages[stage as ContactStage] ?? stage}
    </span>
  );
}
