/** One right: what it lets do, what helps to judge it, and the answer. */
import { Badge, Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { ReviewRightView } from '../../contract.ts';
import { useTranslation, useWords } from '../../i18n/index.ts';
import { useDates } from '../../ui/dates.ts';
import { Hints } from './Hints.tsx';
import { useRightInWords } from './right-words.ts';
import classes from './reviews.module.css';

export type Said = { itemId: string; answer: 'confirm' | 'withdraw'; note?: string };
type RightRowProps = { right: ReviewRightView; busy: boolean; onSay: (said: Said) => void };

export function RightRow({ right, busy, onSay }: RightRowProps) {
  const { t } = useTranslation();
  const dates = useDates();
  const inWords = useRightInWords();
  const [note, setNote] = useState(right.note ?? '');
  const say = (answer: Said['answer']) => {
    if (!busy) onSay({ itemId: right.id, answer, ...(note.trim() !== '' && { note: note.trim() }) });
  };
  const named = { right: right.name, name: right.person.name };
  return (
    <article data-right className={classes['right']} aria-label={`${right.name}, ${right.person.name}`}>
      <div>
        <h3>
          {t(`reviews.kinds.${right.kind}`)}: {right.name}
          {right.until !== null && (
            <small className="quiet"> · {t('reviews.untilMoment', { moment: dates.moment(right.until) })}</small>
          )}
        </h3>
        <ul className={classes['plain']}>
          {inWords(right).map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
        <Hints right={right} />
      </div>
      <div className={classes['choice']}>
        <div className={classes['buttons']}>
          <Button
            size="sm"
            variant={right.answer === 'confirm' ? 'filled' : 'default'}
            data-say="confirm"
            aria-pressed={right.answer === 'confirm'}
            aria-label={t('reviews.confirmOf', named)}
            onClick={() => say('confirm')}
          >
            {t('reviews.confirm')}
          </Button>
          <Button
            size="sm"
            variant={right.answer === 'withdraw' ? 'filled' : 'default'}
            {...(right.answer === 'withdraw' && { color: 'brick' })}
            data-say="withdraw"
            aria-pressed={right.answer === 'withdraw'}
            aria-label={t('reviews.withdrawOf', named)}
            onClick={() => say('withdraw')}
          >
            {t('reviews.withdraw')}
          </Button>
        </div>
        <Outcome right={right} />
      </div>
      {right.answer !== null && (
        <div className={classes['noteLine']}>
          <TextInput
            size="xs"
            placeholder={t('reviews.note')}
            aria-label={t('reviews.noteOf', named)}
            maxLength={500}
            value={note}
            onChange={({ currentTarget: { value } }) => setNote(value)}
          />
          {note.trim() !== (right.note ?? '') && (
            <Button size="xs" variant="default" disabled={busy} onClick={() => say(right.answer!)}>
              {t('reviews.noteSave')}
            </Button>
          )}
        </div>
      )}
    </article>
  );
}

const colours = { kept: 'styr', withdrawn: 'brick', refused: 'amber', gone: 'gray', moved: 'gray' } as const;

/** What became of the right; nothing while nobody has answered. */
export function Outcome({ right }: { right: ReviewRightView }) {
  const { t } = useTranslation();
  const words = useWords();
  const dates = useDates();
  const { outcome, refused, answeredBy, answeredAt } = right;
  if (outcome === null) return null;
  const byDeadline = outcome === 'withdrawn' && answeredBy === null;
  return (
    <div>
      <Badge variant="light" color={colours[outcome]} tt="none">
        {byDeadline ? t('reviews.byDeadline') : t(`reviews.outcomes.${outcome}`)}
      </Badge>
      {refused !== null && <small style={{ display: 'block' }}>{words.errors[refused]}</small>}
      {answeredBy !== null && (
        <small className="quiet" style={{ display: 'block' }}>
          {t('reviews.answeredBy', { name: answeredBy, when: dates.ago(answeredAt) })}
        </small>
      )}
    </div>
  );
}
