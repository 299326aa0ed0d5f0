/** The middle of an import: what the columns mean, what happens to duplicates, how the first rows will look. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/call.ts';
import { asProblem } from '../api/problem.ts';
import { AnchorLink } from '../app/links.tsx';
import { useSession } from '../app/session.tsx';
import type { ImportLookValue, ImportPlanValue, ImportViewValue } from '../contract.ts';
import { useTranslation } from '../i18n/index.ts';
import { ProblemAlert } from '../ui/ProblemAlert.tsx';
import { LoadingLines } from '../ui/states.tsx';
import { importClosedOf } from './closed-fields.ts';
import { ImportColumns } from './ImportColumns.tsx';
import { ImportPreview } from './ImportPreview.tsx';
import { ImportSteps } from './ImportSteps.tsx';
import { planOf } from './plan.ts';

export type Reading = { delimiter?: string; encoding?: string; sheet?: string };

export function ImportWizard({ view }: { view: ImportViewValue }) {
  const { t } = useTranslation();
  const [reading, setReading] = useState<Reading>({});
  const look = useQuery({
    queryKey: ['imports', view.id, 'look', reading],
    queryFn: () => call('GET /api/v1/imports/:id/look', { params: { id: view.id }, query: reading }),
    staleTime: Infinity,
    placeholderData: (before) => before,
  });
  if (look.isPending)
    return (
      <div className="panel">
        <LoadingLines rows={8} />
      </div>
    );
  if (look.data === undefined) {
    return (
      <>
        <ProblemAlert problem={look.error} />
        <p>
          <AnchorLink to="/imports/new">{t('imports.create')}</AnchorLink>
        </p>
      </>
    );
  }
  return (
    <Planning
      key={JSON.stringify(look.data.columns)}
      view={view}
      look={look.data}
      reading={reading}
      onReading={setReading}
      problem={look.error}
    />
  );
}

type PlanningProps = {
  view: ImportViewValue;
  look: ImportLookValue;
  reading: Reading;
  onReading: (reading: Reading) => void;
  problem: unknown;
};

function Planning({ view, look, reading, onReading, problem }: PlanningProps) {
  const client = useQueryClient();
  const { fields } = useSession();
  const [plan, setPlan] = useState<ImportPlanValue>(() => planOf(view.kind, look, importClosedOf(view.kind, fields)));
  // What the person chose about reading goes with the plan; what was detected is detected again.
  const whole = { ...plan, ...(reading as Pick<ImportPlanValue, 'delimiter' | 'encoding' | 'sheet'>) };
  const preview = useMutation({
    mutationFn: () => call('POST /api/v1/imports/:id/preview', { params: { id: view.id }, body: whole }),
  });
  const start = useMutation({
    mutationFn: () => call('POST /api/v1/imports/:id/start', { params: { id: view.id }, body: whole }),
    onSuccess: (started) => client.setQueryData(['imports', view.id], started),
    onError: (thrown) => {
      if (asProblem(thrown).code === 'import.wrong_state')
        void client.invalidateQueries({ queryKey: ['imports', view.id], exact: true });
    },
  });
  if (preview.data === undefined) {
    return (
      <>
        <ImportSteps at={1} />
        <ImportColumns
          kind={view.kind}
          look={look}
          plan={plan}
          onPlan={setPlan}
          reading={reading}
          onReading={onReading}
          busy={preview.isPending}
          problem={preview.error ?? problem}
          onNext={() => preview.mutate()}
        />
      </>
    );
  }
  return (
    <>
      <ImportSteps at={2} />
      <ImportPreview
        kind={view.kind}
        rows={preview.data.rows}
        busy={start.isPending}
        problem={start.error}
        onBack={() => preview.reset()}
        onStart={() => start.mutate()}
        mayStart={view.abilities.start}
      />
    </>
  );
}
