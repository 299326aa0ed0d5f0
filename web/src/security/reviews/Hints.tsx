/** What helps to answer about a right: a warning where something is out of the ordinary, quiet facts below. */
import { Badge, Group } from '@mantine/core';
import type { ReviewRightView } from '../../contract.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useDates } from '../../ui/dates.ts';
import classes from './reviews.module.css';

/** A right that may be confirmed without a second look. */
export const isPlain = ({ hints }: ReviewRightView): boolean =>
  hints.lastUsedAt !== null && !hints.unusual && !hints.sleeping && hints.wider.length === 0;

/** Younger than what the log was asked for. */
const isNew = (givenAt: string) => Date.now() - new Date(givenAt).getTime() < 183 * 86_400_000;

export function Hints({ right: { hints, kind } }: { right: ReviewRightView }) {
  const { t } = useTranslation();
  const dates = useDates();
  const warnings = [
    // What a whole department does with a client is not looked for.
    hints.lastUsedAt === null &&
      kind !== 'department-share' &&
      (isNew(hints.givenAt) ? t('reviews.hintUnusedSince') : t('reviews.hintUnused')),
    hints.sleeping &&
      (hints.lastSeenAt === null
        ? t('reviews.hintSleepingNever')
        : t('reviews.hintSleeping', { when: t('reviews.sinceDay', { day: dates.day(hints.lastSeenAt) }) })),
    hints.unusual && t('reviews.hintUnusual', { peers: hints.peers, with: hints.peersWith }),
    hints.wider.length > 0 && t('reviews.hintWider', { count: hints.wider.length }),
  ].filter((warning) => typeof warning === 'string');
  const facts = [
    hints.givenBy === null
      ? t('reviews.given', { day: dates.day(hints.givenAt) })
      : t('reviews.givenBy', { day: dates.day(hints.givenAt), name: hints.givenBy }),
    hints.previous !== null && `${t(`reviews.previous.${hints.previous.outcome}`)}, ${dates.day(hints.previous.at)}`,
  ].filter((fact) => typeof fact === 'string');
  return (
    <div className={classes['hints']}>
      <Group gap={6}>
        {hints.lastUsedAt !== null && (
          <Badge variant="light" color="styr" tt="none">
            {t('reviews.hintUsed', { when: dates.ago(hints.lastUsedAt) })}
          </Badge>
        )}
        {warnings.map((warning) => (
          <Badge key={warning} variant="light" color="amber" tt="none" className={classes['warning'] ?? ''}>
            {warning}
          </Badge>
        ))}
      </Group>
      <small className="quiet">{facts.join(' · ')}</small>
    </div>
  );
}
