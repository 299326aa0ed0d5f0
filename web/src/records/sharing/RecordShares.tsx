/** With whom this client is shared, and the ways to share it and to take that back. */
import { Button } from '@mantine/core';
import { IconShare } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import type { ShareView } from '../../contract.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useDates } from '../../ui/dates.ts';
import { Confirm } from '../../ui/Dialog.tsx';
import { ProblemText } from '../../ui/ProblemAlert.tsx';
import { LoadingLines } from '../../ui/states.tsx';
import { tellDone } from '../../ui/tell.ts';
import type { RecordKind, View } from '../kind.ts';
import classes from '../records.module.css';
import { ShareDialog } from './ShareDialog.tsx';

export const sharesKey = (kind: RecordKind, id: string) => [kind.plural, 'shares', id];
const nameOf = (share: ShareView) => share.person?.name ?? share.department?.name ?? '';

export function RecordShares({ kind, view }: { kind: RecordKind; view: View }) {
  const { t } = useTranslation();
  const dates = useDates();
  const client = useQueryClient();
  const params = { id: view.id };
  const [sharing, setSharing] = useState(false);
  const [leaving, setLeaving] = useState<ShareView | null>(null);
  const query = useQuery({
    queryKey: sharesKey(kind, view.id),
    queryFn: async () =>
      (kind.name === 'contact'
        ? await call('GET /api/v1/contacts/:id/shares', { params })
        : await call('GET /api/v1/companies/:id/shares', { params })
      ).shares,
  });
  const changed = async (said: string) => {
    await client.invalidateQueries({ queryKey: sharesKey(kind, view.id) });
    await client.invalidateQueries({ queryKey: [kind.plural, 'viewers', view.id] });
    tellDone(said);
  };
  const withdraw = useMutation({
    mutationFn: ({ id: shareId }: ShareView) =>
      kind.name === 'contact'
        ? call('DELETE /api/v1/contacts/:id/shares/:shareId', { params: { ...params, shareId } })
        : call('DELETE /api/v1/companies/:id/shares/:shareId', { params: { ...params, shareId } }),
    onSuccess: async () => {
      setLeaving(null);
      await changed(t('sharing.withdrawn'));
    },
  });
  const maySharing = view.abilities.share && view.archivedAt === null;
  if (!maySharing && (query.data?.length ?? 0) === 0) return null;
  return (
    <section className={`panel ${classes['group']}`} aria-label={t('sharing.title')}>
      <h2>{t('sharing.title')}</h2>
      {query.isPending && <LoadingLines rows={2} />}
      {query.isError && (
        <p className="quiet">
          <ProblemText problem={query.error} />
        </p>
      )}
      {query.data?.length === 0 && <p className="quiet">{t('sharing.hint')}</p>}
      {query.data !== undefined && query.data.length > 0 && (
        <ul className={classes['history']} aria-label={t('sharing.title')}>
          {query.data.map((share) => (
            <li key={share.id}>
              <span>{nameOf(share)}</span>
              <small style={{ display: 'block' }}>
                {t('sharing.line', { right: t(`sharing.rights.${share.right}`), until: dates.moment(share.until) })}
              </small>
              <small style={{ display: 'block' }}>{t('sharing.mark', { name: share.by.name })}</small>
              {share.reason !== '' && <small style={{ display: 'block' }}>«{share.reason}»</small>}
              {share.mayWithdraw && (
                <Button
                  variant="subtle"
                  color="gray"
                  size="compact-xs"
                  mt={4}
                  style={{ justifySelf: 'start', paddingInline: 0 }}
                  aria-label={t('sharing.withdrawOf', { name: nameOf(share) })}
                  onClick={() => setLeaving(share)}
                >
                  {t('sharing.withdraw')}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      {maySharing && (
        <Button
          variant="default"
          size="compact-sm"
          mt={10}
          leftSection={<IconShare size={14} aria-hidden />}
          onClick={() => setSharing(true)}
        >
          {t('sharing.share')}
        </Button>
      )}
      {sharing && (
        <ShareDialog
          kind={kind}
          view={view}
          onClose={() => setSharing(false)}
          onShared={() => void changed(t('sharing.done'))}
        />
      )}
      {leaving !== null && (
        <Confirm
          title={t('sharing.withdrawOf', { name: nameOf(leaving) })}
          text={t('sharing.withdrawText', { name: nameOf(leaving) })}
          confirm={t('sharing.withdraw')}
          busy={withdraw.isPending}
          problem={withdraw.error}
          onConfirm={() => withdraw.mutate(leaving)}
          onCancel={() => setLeaving(null)}
        />
      )}
    </section>
  );
}
