/** Who sees this client, and why: the person, the way, the role. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/call.ts';
import type { Permission } from '../contract.ts';
import { useTranslation } from '../i18n/index.ts';
import { useDates } from '../ui/dates.ts';
import { ProblemText } from '../ui/ProblemAlert.tsx';
import { LoadingLines } from '../ui/states.tsx';
import type { RecordKind } from './kind.ts';
import classes from './records.module.css';

export function RecordViewers({ kind, id, version }: { kind: RecordKind; id: string; version: number }) {
  const { t } = useTranslation();
  const dates = useDates();
  const [open, setOpen] = useState(false);
  const query = useQuery({
    queryKey: [kind.plural, 'viewers', id, version],
    queryFn: () =>
      kind.name === 'contact'
        ? call('GET /api/v1/contacts/:id/viewers', { params: { id } })
        : call('GET /api/v1/companies/:id/viewers', { params: { id } }),
    staleTime: 0,
    enabled: open,
  });
  return (
    <section className={`panel ${classes['group']}`} aria-label={t('access.viewersTitle')}>
      <h2>{t('access.viewersTitle')}</h2>
      {!open && <p className="quiet">{t('access.viewersHint')}</p>}
      {open && query.isPending && <LoadingLines rows={3} />}
      {open && query.isError && (
        <p className="quiet">
          <ProblemText problem={query.error} />
        </p>
      )}
      {open && query.data !== undefined && (
        <ol className={classes['history']} aria-label={t('access.viewersTitle')}>
          {query.data.viewers.map((viewer) => (
            <li key={viewer.id}>
              <span>{viewer.name}</span>
              {viewer.reasons.map(({ why, roles, shared }) => {
                const by = roles.map(({ name }) => name).join(', ');
                return (
                  <small key={why} style={{ display: 'block' }}>
                    {shared === undefined
                      ? t('access.reason', { why: t(`access.why.${why}`), roles: by })
                      : t('access.reasonShared', {
                          name: shared.byName,
                          right: t(`sharing.rights.${shared.right}`),
                          until: dates.moment(shared.until),
                          roles: by,
                        })}
                  </small>
                );
              })}
              <small style={{ display: 'block' }}>
                {viewer.may.length === 0
                  ? t('access.readsOnly')
                  : t('access.may', {
                      what: viewer.may
                        .map((permission) => t(`roles.verbs.${verbOf(permission)}`).toLocaleLowerCase('uk'))
                        .join(', '),
                    })}
              </small>
            </li>
          ))}
        </ol>
      )}
      <Button variant="default" size="compact-sm" mt={10} aria-expanded={open} onClick={() => setOpen(!open)}>
        {t(open ? 'access.viewersHide' : 'access.viewersShow')}
      </Button>
    </section>
  );
}

type ClientVerb = Extract<Permission, `contact.${string}`> extends `contact.${infer V}` ? V : never;
const verbOf = (permission: Permission) => permission.slice(permission.indexOf('.') + 1) as ClientVerb;
