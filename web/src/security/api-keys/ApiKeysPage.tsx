/** API keys: which programs come in somebody’s place, what they may, and whether they still should. */
import { Badge, Button, Stack, Table } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import type { ApiKeyView } from '../../contract.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useDates } from '../../ui/dates.ts';
import { Confirm } from '../../ui/Dialog.tsx';
import { ScrollRegion } from '../../ui/ScrollRegion.tsx';
import { Failed, LoadingLines, State } from '../../ui/states.tsx';
import { tellDone } from '../../ui/tell.ts';
import { SecurityPage } from '../SecurityPage.tsx';
import { MakeKeyDialog } from './MakeKeyDialog.tsx';
import { apiKeysQuery } from './queries.ts';
import { KeySecret } from './KeySecret.tsx';

type Asking = { act: 'rotate' | 'revoke'; key: ApiKeyView };

export default function ApiKeysPage() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const query = useQuery(apiKeysQuery);
  const [making, setMaking] = useState(false);
  const [asking, setAsking] = useState<Asking | null>(null);
  const [made, setMade] = useState<{ secret: string; rotated: boolean } | null>(null);
  const act = useMutation({
    mutationFn: async ({ act: what, key: { id } }: Asking) => {
      const params = { id };
      if (what === 'rotate') return (await call('POST /api/v1/api-keys/:id/rotate', { params })).secret;
      await call('DELETE /api/v1/api-keys/:id', { params });
      return null;
    },
    onSuccess: async (secret) => {
      setAsking(null);
      if (secret === null) tellDone(t('apiKeys.revokedDone'));
      else setMade({ secret, rotated: true });
      await client.invalidateQueries({ queryKey: ['security', 'api-keys'] });
    },
  });
  const add = <Button onClick={() => setMaking(true)}>{t('apiKeys.add')}</Button>;
  return (
    <SecurityPage page="apiKeys" actions={query.data?.keys.length ? add : undefined}>
      {query.isPending && <LoadingLines rows={6} />}
      {query.isError && <Failed problem={query.error} retry={() => void query.refetch()} />}
      {query.data?.keys.length === 0 && (
        <State drawing="empty" title={t('apiKeys.empty')} text={t('apiKeys.emptyText')}>
          {add}
        </State>
      )}
      {query.data !== undefined && query.data.keys.length > 0 && (
        <KeysTable
          keys={query.data.keys}
          onAsk={(given) => {
            act.reset();
            setAsking(given);
          }}
        />
      )}
      {making && query.data !== undefined && (
        <MakeKeyDialog
          roles={query.data.roles}
          onClose={() => setMaking(false)}
          onMade={(secret) => {
            setMaking(false);
            setMade({ secret, rotated: false });
          }}
        />
      )}
      {made !== null && <KeySecret {...made} onClose={() => setMade(null)} />}
      {asking !== null && (
        <Confirm
          title={t(asking.act === 'rotate' ? 'apiKeys.rotateTitle' : 'apiKeys.revokeTitle', { name: asking.key.name })}
          text={t(asking.act === 'rotate' ? 'apiKeys.rotateText' : 'apiKeys.revokeText')}
          confirm={t(asking.act === 'rotate' ? 'apiKeys.rotate' : 'apiKeys.revoke')}
          danger={asking.act === 'revoke'}
          busy={act.isPending}
          problem={act.error}
          onConfirm={() => act.mutate(asking)}
          onCancel={() => setAsking(null)}
        />
      )}
    </SecurityPage>
  );
}

function KeysTable({ keys, onAsk }: { keys: readonly ApiKeyView[]; onAsk: (asking: Asking) => void }) {
  const { t } = useTranslation();
  const dates = useDates();
  const others = keys.some(({ own }) => !own);
  return (
    <ScrollRegion label={t('apiKeys.table')}>
      <Table aria-label={t('apiKeys.table')} miw={780} verticalSpacing="sm" horizontalSpacing="md">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('apiKeys.key')}</Table.Th>
            {others && <Table.Th>{t('apiKeys.owner')}</Table.Th>}
            <Table.Th>{t('apiKeys.may')}</Table.Th>
            <Table.Th>{t('apiKeys.lastUse')}</Table.Th>
            <Table.Th>{t('apiKeys.until')}</Table.Th>
            <Table.Td />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {keys.map((key) => (
            <Table.Tr key={key.id}>
              <Table.Td>
                {key.name}
                <div className="quiet mono">…{key.hint}…</div>
              </Table.Td>
              {others && <Table.Td>{key.person.name}</Table.Td>}
              <Table.Td>
                {key.roles.map(({ name }) => name).join(', ') || t('apiKeys.nothing')}
                <div className="quiet">
                  {key.networks.length === 0 ? t('apiKeys.anywhere') : key.networks.join(', ')}
                </div>
              </Table.Td>
              <Table.Td>
                {key.lastUsedAt === null ? t('apiKeys.never') : dates.ago(key.lastUsedAt)}
                {key.lastAddress !== null && <div className="quiet mono">{key.lastAddress}</div>}
              </Table.Td>
              <Table.Td>
                {dates.day(key.expiresAt)}
                <Standing apiKey={key} />
              </Table.Td>
              <Table.Td ta="right">
                {key.revokedAt === null && (
                  <Stack gap={6} align="flex-end">
                    {key.own && (
                      <Button
                        variant="default"
                        size="compact-sm"
                        aria-label={t('apiKeys.rotateOf', { name: key.name })}
                        onClick={() => onAsk({ act: 'rotate', key })}
                      >
                        {t('apiKeys.rotate')}
                      </Button>
                    )}
                    <Button
                      variant="default"
                      size="compact-sm"
                      aria-label={t('apiKeys.revokeOf', { name: key.name })}
                      onClick={() => onAsk({ act: 'revoke', key })}
                    >
                      {t('apiKeys.revoke')}
                    </Button>
                  </Stack>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollRegion>
  );
}

const dayMillis = 86_400_000;

/** What there is to say of a key that is not simply in use. */
function Standing({ apiKey }: { apiKey: ApiKeyView }) {
  const { t } = useTranslation();
  const [now] = useState(() => Date.now());
  const left = new Date(apiKey.expiresAt).getTime() - now;
  const unused = now - new Date(apiKey.lastUsedAt ?? apiKey.createdAt).getTime();
  if (apiKey.revokedAt !== null) return <Mark color="gray" text={t('apiKeys.revoked')} />;
  if (left <= 0) return <Mark color="gray" text={t('apiKeys.expired')} />;
  if (left < 7 * dayMillis) return <Mark color="amber" text={t('apiKeys.ending')} />;
  if (unused > 90 * dayMillis) return <Mark color="amber" text={t('apiKeys.unused')} />;
  return null;
}

const Mark = ({ color, text }: { color: string; text: string }) => (
  <div>
    <Badge variant="light" color={color} tt="none">
      {text}
    </Badge>
  </div>
);
