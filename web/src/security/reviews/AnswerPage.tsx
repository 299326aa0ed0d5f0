/** The reviewer’s page: person by person, each right in plain words, with two buttons or two keys. */
import { Button, Progress, Switch } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { call } from '../../api/call.ts';
import { AnchorLink } from '../../app/links.tsx';
import { useTitle } from '../../app/title.ts';
import type { ReviewRightView } from '../../contract.ts';
import { useTranslation, useWords } from '../../i18n/index.ts';
import { useDates } from '../../ui/dates.ts';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { Initials } from '../../ui/Person.tsx';
import { useProblemText } from '../../ui/ProblemAlert.tsx';
import { Failed, LoadingLines, State } from '../../ui/states.tsx';
import { tellProblem } from '../../ui/tell.ts';
import { useCampaignWords } from './campaign-words.ts';
import { isPlain } from './Hints.tsx';
import { mineQuery } from './queries.ts';
import type { Said } from './RightRow.tsx';
import { RightRow } from './RightRow.tsx';
import classes from './reviews.module.css';

export default function AnswerPage() {
  const { t } = useTranslation();
  const query = useQuery(mineQuery);
  useTitle(t('reviews.mineTitle'));
  const campaigns = query.data ?? [];
  return (
    <>
      <PageHeader
        title={t('reviews.mineTitle')}
        intro={t('reviews.mineIntro')}
        above={<AnchorLink to="/security/reviews">← {t('reviews.back')}</AnchorLink>}
      />
      {query.isPending && <LoadingLines rows={8} />}
      {query.isError && <Failed problem={query.error} retry={() => void query.refetch()} />}
      {query.isSuccess && campaigns.length === 0 && (
        <State drawing="empty" title={t('reviews.mineEmpty')} text={t('reviews.mineEmptyText')} />
      )}
      {campaigns.map((campaign) => (
        <Answers key={campaign.id} {...campaign} />
      ))}
    </>
  );
}

type AnswersProps = { id: string; deadlineAt: string; rights: ReviewRightView[] };

function Answers({ id, deadlineAt, rights }: AnswersProps) {
  const { t } = useTranslation();
  const words = useWords();
  const dates = useDates();
  const { left } = useCampaignWords();
  const textOf = useProblemText();
  const client = useQueryClient();
  const [onlyOpen, setOnlyOpen] = useState(false);
  const rows = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const place = rows.current;
    place?.addEventListener('keydown', goByKeys);
    return () => place?.removeEventListener('keydown', goByKeys);
  }, []);
  const answer = useMutation({
    mutationFn: (answers: Said[]) =>
      call('POST /api/v1/reviews/:id/answers', { params: { id }, body: { answers: answers.slice(0, answersMax) } }),
    onSuccess: async ({ answers }) => {
      const held = answers.find(({ refused }) => refused !== null)?.refused;
      if (held !== undefined && held !== null) tellProblem(words.errors[held]);
      await client.invalidateQueries({ queryKey: ['reviews'] });
    },
    onError: (thrown) => tellProblem(textOf(thrown)),
  });
  const open = rights.filter(({ outcome }) => outcome === null);
  const used = open.filter(isPlain);
  const answered = rights.length - open.length;
  const progress = t('reviews.progress', { answered, total: rights.length });
  const people = [...Map.groupBy(onlyOpen ? open : rights, ({ person }) => person.id).values()];
  return (
    <div>
      <div className={`panel ${classes['big'] ?? ''}`}>
        <div className={classes['bigLine']}>
          <span>
            <strong>{progress}</strong>{' '}
            <span className="quiet">
              {t('reviews.until', { day: dates.day(deadlineAt) })}, {left(deadlineAt)}
            </span>
          </span>
          {used.length > 0 && (
            <Button
              variant="default"
              title={t('reviews.confirmUsedHint')}
              disabled={answer.isPending}
              onClick={() => answer.mutate(used.map(({ id: itemId }) => ({ itemId, answer: 'confirm' })))}
            >
              {t('reviews.confirmUsed', { count: used.length })}
            </Button>
          )}
        </div>
        <Progress value={(100 * answered) / rights.length} size="xl" radius="sm" aria-label={progress} />
        <div className={classes['bigLine']} style={{ margin: '8px 0 0' }}>
          <small className="quiet">{t('reviews.keys')}</small>
          <Switch
            size="xs"
            label={t('reviews.onlyUnanswered')}
            checked={onlyOpen}
            onChange={({ currentTarget: { checked } }) => setOnlyOpen(checked)}
          />
        </div>
      </div>
      {open.length === 0 && (
        <State
          drawing="nothing"
          title={t('reviews.allDone')}
          text={t('reviews.allDoneText', { day: dates.day(deadlineAt) })}
        />
      )}
      <div ref={rows}>
        {people.map((list) => (
          <section
            key={list[0]!.person.id}
            className={`panel ${classes['person'] ?? ''}`}
            aria-label={list[0]!.person.name}
          >
            <div className={classes['personHead']}>
              <Initials name={list[0]!.person.name} size={34} />
              <div>
                <h2>{list[0]!.person.name}</h2>
                <small className="quiet">{list[0]!.department}</small>
              </div>
            </div>
            {list.map((right) => (
              <RightRow key={right.id} right={right} busy={answer.isPending} onSay={(said) => answer.mutate([said])} />
            ))}
          </section>
        ))}
      </div>
    </div>
  );
}

/** As many as the server takes at once. */
const answersMax = 200;

/** ↑ and ↓ go from right to right, 1 and 2 press its buttons; keys belong to the field while somebody types. */
function goByKeys(event: KeyboardEvent): void {
  if (event.target instanceof HTMLInputElement || !(event.target instanceof HTMLElement)) return;
  const all = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>('[data-right]')];
  const here = all.findIndex((right) => right.contains(event.target as Node));
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const said = { '1': 'confirm', '2': 'withdraw' }[event.key];
  const right = all[here + (step ?? 0)];
  if (right === undefined || (step === undefined && said === undefined)) return;
  event.preventDefault();
  const button = right.querySelector<HTMLButtonElement>(`[data-say="${said ?? 'confirm'}"]`);
  if (said === undefined) button?.focus();
  else button?.click();
}
