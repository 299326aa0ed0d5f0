/**
 * The recovery kit: what it is, how it stands, and the wizard that makes one and ends only when it was typed back. Its sheets live in the
 * memory of this page between two clicks; a kit that was left half-way is found again as “not proved”.
 */
import { Alert, Button, Group, Stack } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import type { ResponseOf, Routes } from '../../contract.ts';
import { useCan } from '../../app/session.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { useDates } from '../../ui/dates.ts';
import { Failed, LoadingLines } from '../../ui/states.tsx';
import { Steps } from '../../ui/Steps.tsx';
import { SecurityPage } from '../SecurityPage.tsx';
import { ChooseKit } from './ChooseKit.tsx';
import { KitSheets } from './KitSheets.tsx';
import { ProveKit } from './ProveKit.tsx';
import { kitQuery } from './query.ts';

type View = ResponseOf<Routes['GET /api/v1/security/kit']>;
const steps = ['choose', 'print', 'prove'] as const;
type Step = (typeof steps)[number];
const stepWords = { choose: 'kit.stepChoose', print: 'kit.stepPrint', prove: 'kit.stepProve' } as const;
const hindranceWords = { rotation: 'kit.hindrances.rotation', several: 'kit.hindrances.several' } as const;

export default function KitPage() {
  const query = useQuery(kitQuery);
  return (
    <SecurityPage page="kit">
      {query.isPending && <LoadingLines rows={5} />}
      {query.isError && <Failed problem={query.error} retry={() => void query.refetch()} />}
      {query.data !== undefined && <Kit view={query.data} />}
    </SecurityPage>
  );
}

function Kit({ view }: { view: View }) {
  const { t } = useTranslation();
  const can = useCan();
  const client = useQueryClient();
  const [chosen, setChosen] = useState<Step | null>(null);
  const make = useMutation({
    mutationFn: (body: { needed: number; sheets: number }) => call('POST /api/v1/security/kit', { body }),
    // Attack: whoever comes to this browser later. Nothing of the sheets outlives the step that shows them.
    gcTime: 0,
    onSuccess: async () => {
      setChosen('print');
      await client.invalidateQueries({ queryKey: kitQuery.queryKey });
    },
  });
  const [proved, setProved] = useState(false);
  const step: Step | null = chosen ?? (view.state === 'unproven' && can('security.update') ? 'prove' : null);
  const begin = () => {
    setProved(false);
    setChosen('choose');
  };
  return (
    <Stack gap="lg" maw={760}>
      {step !== 'print' && <Standing view={view} />}
      {proved && (
        <Alert color="green" role="status">
          {t('kit.done')}
        </Alert>
      )}
      {step !== null && (
        <Steps label={t('kit.steps')} steps={steps.map((one) => t(stepWords[one]))} at={steps.indexOf(step)} />
      )}
      {step === 'choose' && (
        <ChooseKit
          first={view.kit === null}
          busy={make.isPending}
          problem={make.error}
          onMake={(body) => make.mutate(body)}
          onCancel={() => {
            make.reset();
            setChosen(null);
          }}
        />
      )}
      {step === 'print' && make.data !== undefined && (
        <KitSheets
          made={make.data}
          onNext={() => {
            make.reset();
            setChosen('prove');
          }}
        />
      )}
      {step === 'prove' && (
        <ProveKit
          onProved={() => {
            setProved(true);
            setChosen(null);
          }}
        />
      )}
      {step !== 'print' && step !== 'choose' && (
        <Group gap="sm">
          {step === null && (view.state === 'proven' || view.state === 'stale') && can('security.update') && (
            <Button
              variant={view.state === 'stale' ? 'filled' : 'default'}
              onClick={() => {
                setProved(false);
                setChosen('prove');
              }}
            >
              {t('kit.proveAgain')}
            </Button>
          )}
          <MakeOne view={view} later={step === 'prove'} onBegin={begin} />
        </Group>
      )}
      {step === null && (
        <section>
          <h2>{t('kit.what')}</h2>
          <p>{t('kit.whatText')}</p>
          <p>{t('kit.danger')}</p>
        </section>
      )}
    </Stack>
  );
}

function Standing({ view: { state, kit } }: { view: View }) {
  const { t } = useTranslation();
  const dates = useDates();
  const when = dates.moment(kit?.provenAt ?? null);
  const by = kit?.provenBy ?? null;
  return (
    <Alert color={state === 'proven' ? 'green' : 'orange'} role="status">
      {state === 'proven' && by === null
        ? t('kit.states.provenByOperator', { when })
        : t(`kit.states.${state}`, { when, name: by })}
      {kit !== null && (
        <>
          <br />
          {t('kit.number', { id: kit.id.toUpperCase() })}.{' '}
          {kit.sheets === 1 ? t('kit.whole') : t('kit.split', { sheets: kit.sheets, needed: kit.needed })}{' '}
          {kit.madeBy === null
            ? t('kit.madeByOperator', { when: dates.moment(kit.madeAt) })
            : t('kit.made', { when: dates.moment(kit.madeAt), name: kit.madeBy })}
        </>
      )}
    </Alert>
  );
}

function MakeOne({ view, later, onBegin }: { view: View; later: boolean; onBegin: () => void }) {
  const { t } = useTranslation();
  const { hindrance, mayMake, state } = view;
  if (hindrance !== null) return <p className="quiet">{t(hindranceWords[hindrance])}</p>;
  if (!mayMake) return later ? null : <p className="quiet">{t('kit.notOwner')}</p>;
  const needed = state === 'none' || state === 'older';
  return (
    <>
      {later && <span className="quiet">{t('kit.lost')}</span>}
      <Button variant={needed ? 'filled' : 'default'} onClick={onBegin}>
        {t(state === 'none' ? 'kit.make' : 'kit.makeNew')}
      </Button>
    </>
  );
}
