/** Clients in one file and files in a day: for everybody, and stricter by role. */
import { Button, Group, NativeSelect, NumberInput, Stack } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { rolesQuery } from '../../api/queries.ts';
import { useCan } from '../../app/session.tsx';
import type { ExportRules } from '../../contract.ts';
import { useTranslation } from '../../i18n/index.ts';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { tellDone } from '../../ui/tell.ts';

type Limits = ExportRules['organization'];

export function ExportLimitsForm({ rules: kept, version }: { rules: ExportRules; version: number }) {
  const { t } = useTranslation();
  const can = useCan();
  const client = useQueryClient();
  const closed = !can('security.update');
  const [rules, setRules] = useState(kept);
  const known = useQuery({ ...rolesQuery, enabled: can('role.read') }).data ?? [];
  const named = new Map(known.map(({ id, key, name }) => [key ?? id, name]));
  const free = [...named].filter(([role]) => role !== 'baseline' && rules.roles.every((one) => one.role !== role));
  const save = useMutation({
    mutationFn: () =>
      call('PUT /api/v1/security/export-rules', { body: { version, rules: { ...rules, roles: [...rules.roles] } } }),
    onSuccess: async () => {
      tellDone(t('exports.saved'));
      await client.invalidateQueries({ queryKey: ['security', 'exports'] });
    },
  });
  const setRole = (role: string, limits: Limits) =>
    setRules({ ...rules, roles: rules.roles.map((one) => (one.role === role ? { role, ...limits } : one)) });
  const changed = JSON.stringify(rules) !== JSON.stringify(kept);
  return (
    <section>
      <h2>{t('exports.limitsTitle')}</h2>
      <p className="quiet">{t('exports.limitsText')}</p>
      <Stack gap="md">
        <LimitLine
          whom={t('exports.everybody')}
          limits={rules.organization}
          closed={closed}
          onChange={(organization) => setRules({ ...rules, organization })}
        />
        {rules.roles.map(({ role, ...limits }) => (
          <LimitLine
            key={role}
            whom={named.get(role) ?? role}
            limits={limits}
            closed={closed}
            onChange={(next) => setRole(role, next)}
            onRemove={() => setRules({ ...rules, roles: rules.roles.filter((one) => one.role !== role) })}
          />
        ))}
        {!closed && free.length > 0 && (
          <NativeSelect
            aria-label={t('exports.addRole')}
            value=""
            maw={280}
            data={[{ value: '', label: t('exports.addRole') }, ...free.map(([value, label]) => ({ value, label }))]}
            onChange={({ currentTarget: { value } }) =>
              value !== '' && setRules({ ...rules, roles: [...rules.roles, { role: value, ...rules.organization }] })
            }
          />
        )}
        <ProblemAlert problem={save.error} />
        {!closed && (
          <Group>
            <Button disabled={!changed} loading={save.isPending} onClick={() => save.mutate()}>
              {t('exports.save')}
            </Button>
          </Group>
        )}
      </Stack>
    </section>
  );
}

type LineProps = {
  whom: string;
  limits: Limits;
  closed: boolean;
  onChange: (limits: Limits) => void;
  onRemove?: () => void;
};

function LimitLine({ whom, limits, closed, onChange, onRemove }: LineProps) {
  const { t } = useTranslation();
  return (
    <fieldset style={{ border: 0, margin: 0, padding: 0 }}>
      <legend style={{ padding: 0, fontWeight: 600 }}>{whom}</legend>
      <Group gap="md" align="flex-end" mt={6}>
        <NumberInput
          label={t('exports.rowsMax')}
          w={200}
          min={1}
          max={10_000_000}
          allowDecimal={false}
          thousandSeparator=" "
          value={limits.rows}
          disabled={closed}
          onChange={(value) => onChange({ ...limits, rows: Math.max(1, Number(value)) })}
        />
        <NumberInput
          label={t('exports.perDay')}
          w={160}
          min={1}
          max={1000}
          allowDecimal={false}
          value={limits.perDay}
          disabled={closed}
          onChange={(value) => onChange({ ...limits, perDay: Math.max(1, Number(value)) })}
        />
        {onRemove !== undefined && !closed && (
          <Button variant="subtle" onClick={onRemove} aria-label={t('exports.removeRole', { role: whom })}>
            {t('exports.remove')}
          </Button>
        )}
      </Group>
    </fieldset>
  );
}
