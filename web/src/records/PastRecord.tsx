/** What a client was: its changes out of the log, the state at any moment beside what stands now or at another one, and one change taken back. */
import { Alert, Button, Modal, Table, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/call.ts';
import type { RecordMomentView } from '../contract.ts';
import { useTranslation, useWords } from '../i18n/index.ts';
import { useDates } from '../ui/dates.ts';
import { ProblemAlert } from '../ui/ProblemAlert.tsx';
import { ScrollRegion } from '../ui/ScrollRegion.tsx';
import { Failed, LoadingLines } from '../ui/states.tsx';
import { tellDone } from '../ui/tell.ts';
import { FieldValue } from './FieldValue.tsx';
import type { RecordKind, Values, View } from './kind.ts';
import { useLookups } from './lookups.tsx';
import { textOf } from './values.ts';
import classes from './records.module.css';

type PastRecordProps = { kind: RecordKind; view: View; onClose: () => void };

export default function PastRecord({ kind, view, onClose }: PastRecordProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [at, setAt] = useState<string | null>(null);
  const [against, setAgainst] = useState<string | null>(null);
  const { id, version } = view;
  const query = useQuery({
    queryKey: ['audit', 'past', kind.name, id, version, at, against],
    queryFn: () =>
      call('GET /api/v1/audit-log/records/:kind/:id', {
        params: { kind: kind.name, id },
        query: { ...(at !== null && { at }), ...(at !== null && against !== null && { against }) },
      }),
    staleTime: 0,
    gcTime: 0,
    placeholderData: (before) => before,
  });
  const undo = useMutation({
    mutationFn: (entryId: string): Promise<unknown> => {
      const asked = { params: { id }, body: { entryId, version } };
      return kind.name === 'contact'
        ? call('POST /api/v1/contacts/:id/undo', asked)
        : call('POST /api/v1/companies/:id/undo', asked);
    },
    onSuccess: async () => {
      tellDone(t('past.undone'));
      onClose();
      await client.invalidateQueries({ queryKey: [kind.plural] });
    },
  });
  const body = () => {
    if (query.isPending) return <LoadingLines rows={6} />;
    if (query.isError) return <Failed problem={query.error} retry={() => void query.refetch()} />;
    const { moments, then, other, difference, unsure } = query.data;
    const compared = at !== null && !query.isPlaceholderData;
    return (
      <>
        <p className="quiet" style={{ marginTop: 0 }}>
          {t('past.intro')}
        </p>
        <ProblemAlert problem={undo.error} />
        <Moments at={at} against={against} onAt={setAt} onAgainst={setAgainst} />
        {at !== null && query.isPlaceholderData && <LoadingLines rows={3} />}
        {compared && (then === null || other === null) && <p className="quiet">{t('past.notThere')}</p>}
        {compared && then !== null && other !== null && (
          <Compared
            kind={kind}
            at={at}
            against={against}
            then={then}
            other={other}
            difference={difference}
            unsure={unsure}
          />
        )}
        <h3 style={{ margin: '14px 0 6px', fontSize: '0.95rem' }}>{t('past.changesOf')}</h3>
        {moments.length === 0 && <p className="quiet">{t('past.none')}</p>}
        <ol className={classes['history']}>
          {moments.map((moment) => (
            <Moment
              key={moment.entryId}
              kind={kind}
              moment={moment}
              chosen={moment.at === at}
              busy={undo.isPending}
              onShow={() => setAt(moment.at)}
              onCompare={at === null || at === moment.at ? undefined : () => setAgainst(moment.at)}
              compared={against === moment.at}
              onUndo={view.abilities.update && view.archivedAt === null ? () => undo.mutate(moment.entryId) : undefined}
            />
          ))}
        </ol>
      </>
    );
  };
  return (
    <Modal
      opened
      onClose={onClose}
      size={760}
      title={t('past.title')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {body()}
    </Modal>
  );
}

type MomentsProps = {
  at: string | null;
  against: string | null;
  onAt: (at: string | null) => void;
  onAgainst: (against: string | null) => void;
};

/** Any two moments; the second is now while nothing is said. */
function Moments({ at, against, onAt, onAgainst }: MomentsProps) {
  const { t } = useTranslation();
  const fields = [
    { label: t('past.first'), hint: t('past.firstHint'), value: at, change: onAt, disabled: false },
    { label: t('past.second'), hint: t('past.secondHint'), value: against, change: onAgainst, disabled: at === null },
  ];
  return (
    <div className={classes['moments']}>
      {fields.map(({ label, hint, value, change, disabled }) => (
        <TextInput
          key={label}
          type="datetime-local"
          step={1}
          label={label}
          description={hint}
          disabled={disabled}
          value={value === null ? '' : onClock(value)}
          onChange={(event) => {
            const chosen = new Date(event.currentTarget.value);
            change(Number.isNaN(chosen.getTime()) ? null : chosen.toISOString());
          }}
        />
      ))}
    </div>
  );
}

/** As the field of the browser wants it: the clock of the device, to the second. */
function onClock(instant: string): string {
  const at = new Date(instant);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

type ComparedProps = {
  kind: RecordKind;
  at: string;
  against: string | null;
  then: Values;
  other: Values;
  difference: readonly string[];
  unsure: readonly string[];
};

function Compared({ kind, at, against, then, other, difference, unsure }: ComparedProps) {
  const { t } = useTranslation();
  const words = useWords();
  const dates = useDates();
  const labels = kind.labels(words);
  const second = against === null ? t('past.now') : dates.exact(against);
  const title =
    against === null
      ? t('past.stateAt', { when: dates.exact(at) })
      : t('past.between', { when: dates.exact(at), other: second });
  return (
    <section aria-label={title}>
      <h3 style={{ margin: '0 0 6px', fontSize: '0.95rem' }}>{title}</h3>
      {difference.length === 0 && <p className="quiet">{t(against === null ? 'past.same' : 'past.sameBetween')}</p>}
      {difference.length > 0 && (
        <ScrollRegion label={title}>
          <Table verticalSpacing={6}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('past.field')}</Table.Th>
                <Table.Th>{against === null ? t('past.then') : dates.exact(at)}</Table.Th>
                <Table.Th>{second}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {difference.map((name) => (
                <Table.Tr key={name}>
                  <Table.Th scope="row">{labels[name] ?? name}</Table.Th>
                  <Table.Td>
                    <Value kind={kind} name={name} values={then} />
                  </Table.Td>
                  <Table.Td>
                    <Value kind={kind} name={name} values={other} />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </ScrollRegion>
      )}
      {unsure.length > 0 && (
        <Alert color="amber" variant="light">
          {t('past.unsure', { fields: unsure.map((name) => labels[name] ?? name).join(', ') })}
        </Alert>
      )}
    </section>
  );
}

function Value({ kind, name, values }: { kind: RecordKind; name: string; values: Values }) {
  const lookups = useLookups();
  const field = kind.declaration.fields[name];
  if (field === undefined) return null;
  const companyName = textOf(values['companyName']);
  return (
    <FieldValue name={name} field={field} value={values[name]} lookups={lookups} companyName={companyName} short />
  );
}

type MomentProps = {
  kind: RecordKind;
  moment: RecordMomentView;
  chosen: boolean;
  compared: boolean;
  busy: boolean;
  onShow: () => void;
  onCompare: (() => void) | undefined;
  onUndo: (() => void) | undefined;
};

function Moment({ kind, moment, chosen, compared, busy, onShow, onCompare, onUndo }: MomentProps) {
  const { t } = useTranslation();
  const words = useWords();
  const dates = useDates();
  const labels = kind.labels(words);
  const named = (fields: readonly string[]) => fields.map((name) => labels[name] ?? name).join(', ');
  const isChange = moment.event === `${kind.name}.updated`;
  return (
    <li>
      <span>
        {words.events[moment.event as keyof typeof words.events] ?? moment.event}
        {isChange && moment.changes.length > 0 && `: ${named(moment.changes.map(({ field }) => field))}`}
      </span>
      <small>
        {moment.actorName || t('audit.unknownActor')} · {dates.exact(moment.at)}
      </small>
      {isChange && moment.changes.length === 0 && <small>{t('past.hidden')}</small>}
      {isChange && moment.touchedSince.length > 0 && (
        <small>{t('past.touched', { fields: named(moment.touchedSince) })}</small>
      )}
      <span style={{ display: 'flex', gap: 8, flexWrap: 'wrap', marginTop: 4 }}>
        <Button variant="default" size="compact-sm" aria-pressed={chosen} onClick={onShow}>
          {t(chosen ? 'past.shown' : 'past.show')}
        </Button>
        {onCompare !== undefined && (
          <Button variant="default" size="compact-sm" aria-pressed={compared} onClick={onCompare}>
            {t(compared ? 'past.compared' : 'past.compare')}
          </Button>
        )}
        {isChange && moment.touchedSince.length === 0 && moment.changes.length > 0 && onUndo !== undefined && (
          <Button variant="default" size="compact-sm" disabled={busy} onClick={onUndo}>
            {t('past.undo')}
          </Button>
        )}
      </span>
    </li>
  );
}
