/** The rules of sign-in: a list of sections, saved together after one saw whom they lock out. */
import { Button } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ButtonLink } from '../../app/links.tsx';
import { useCan } from '../../app/session.tsx';
import type { RulesView } from '../../contract.ts';
import { useTranslation } from '../../i18n/index.ts';
import { LeaveGuard } from '../../records/LeaveGuard.tsx';
import { Failed, LoadingLines } from '../../ui/states.tsx';
import { SecurityPage } from '../SecurityPage.tsx';
import type { SectionProps } from './draft.ts';
import { changesIn, draftOf, isUnfinished } from './draft.ts';
import { FactorRules } from './FactorRules.tsx';
import { HourRules } from './HourRules.tsx';
import { LocalSignIn } from './LocalSignIn.tsx';
import { NetworkRules } from './NetworkRules.tsx';
import { DeviceRules } from './DeviceRules.tsx';
import { rulesQuery } from './queries.ts';
import { RecoveryRules } from './RecoveryRules.tsx';
import classes from './rules.module.css';
import { SaveRules } from './SaveRules.tsx';
import { SessionRules } from './SessionRules.tsx';
import { SmsRules } from './SmsRules.tsx';

/** In the order of the page. Each edits its own part of the rules. */
const sections: readonly ((props: SectionProps) => React.ReactNode)[] = [
  FactorRules,
  NetworkRules,
  HourRules,
  SessionRules,
  DeviceRules,
  SmsRules,
  RecoveryRules,
  LocalSignIn,
];

export default function SignInRulesPage() {
  const { t } = useTranslation();
  const can = useCan();
  const query = useQuery(rulesQuery);
  const history = can('audit.read') && (
    <ButtonLink
      to="/audit-log"
      search={{ event: 'security.rules_changed' }}
      variant="default"
      leftSection={<IconHistory size={16} aria-hidden />}
    >
      {t('rules.history')}
    </ButtonLink>
  );
  return (
    <SecurityPage page="signIn" actions={history}>
      {query.isPending && <LoadingLines rows={8} />}
      {query.isError && <Failed problem={query.error} retry={() => void query.refetch()} />}
      {query.data !== undefined && (
        <Rules rules={query.data} refresh={async () => (await query.refetch()).data ?? query.data} />
      )}
    </SecurityPage>
  );
}

function Rules({ rules, refresh }: { rules: RulesView; refresh: () => Promise<RulesView> }) {
  const { t } = useTranslation();
  const closed = !useCan()('security.update');
  // What one began to change is measured against what one saw then, also when somebody else saves meanwhile.
  const [seen, setSeen] = useState(rules);
  const [draft, setDraft] = useState(() => draftOf(rules));
  const [saving, setSaving] = useState(false);
  // Fields start anew when the rules do.
  const [round, setRound] = useState(0);
  const change = changesIn(draft, seen);
  const dirty = change !== undefined;
  const start = (from: RulesView) => {
    setSeen(from);
    setDraft(draftOf(from));
    setSaving(false);
    setRound((before) => before + 1);
  };
  return (
    <div className={classes['page']}>
      {closed && <p className={classes['none']}>{t('rules.onlyLook')}</p>}
      {sections.map((Section, at) => (
        <Section
          key={`${round} ${at}`}
          rules={draft}
          address={seen.address}
          smsConfigured={seen.smsConfigured}
          closed={closed}
          change={(part) => setDraft((before) => ({ ...before, ...part }))}
        />
      ))}
      {dirty && (
        <div className={classes['bar']}>
          <span>{isUnfinished(draft) ? t('rules.unfinished') : t('rules.unsaved')}</span>
          <Button variant="default" onClick={() => void refresh().then(start)}>
            {t('rules.drop')}
          </Button>
          <Button disabled={isUnfinished(draft)} onClick={() => setSaving(true)}>
            {t('rules.checkAndSave')}
          </Button>
        </div>
      )}
      {saving && change !== undefined && (
        <SaveRules
          version={seen.version}
          change={change}
          onSaved={start}
          onTakeStanding={() => void refresh().then(start)}
          onClose={() => setSaving(false)}
        />
      )}
      <LeaveGuard dirty={dirty && !saving} />
    </div>
  );
}
