/** The ways in through a provider, and what it said on the way back: the server writes it after #, which no server sees. */
import { Button, Stack } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/call.ts';
import { Problem } from '../api/problem.ts';
import type { ErrorCode, FactorKind } from '../contract.ts';
import { errorStatus, factorLevels } from '../contract.ts';
import { useTranslation } from '../i18n/index.ts';
import { ProblemAlert } from '../ui/ProblemAlert.tsx';
import type { Begun } from './SignInForm.tsx';

/** What the address carries, read once and taken out of it: a ticket has no place in a history. */
export function useSsoReturn(): { begun: Begun | null; waiting: string | null; problem: Problem | null } {
  const [found] = useState(() => {
    const said = new URLSearchParams(window.location.hash.slice(1));
    const [ticket, waiting, code] = [said.get('ticket'), said.get('waiting'), said.get('problem')];
    if (ticket === null && waiting === null && code === null) return { begun: null, waiting, problem: null };
    window.history.replaceState(window.history.state, '', window.location.pathname + window.location.search);
    const known = code !== null && code in errorStatus ? (code as ErrorCode) : 'unknown';
    return { begun: begunFrom(ticket, said), waiting, problem: code === null ? null : new Problem(known, 0) };
  });
  return found;
}

const factorKinds = ['passkey', 'totp', 'sms', 'recovery'] as const satisfies readonly FactorKind[];

function begunFrom(ticket: string | null, said: URLSearchParams): Begun | null {
  if (ticket === null) return null;
  const ways = (said.get('ways') ?? '').split(' ');
  const demanded = said.get('demanded');
  return {
    ticket,
    ways: factorKinds.filter((kind) => ways.includes(kind)),
    demanded: factorLevels.find((level) => level === demanded) ?? null,
  };
}

export function SsoButtons({ problem }: { problem: Problem | null }) {
  const { t } = useTranslation();
  const query = useQuery({ queryKey: ['sso'], queryFn: () => call('GET /api/v1/sign-in/sso', {}) });
  const start = useMutation({
    mutationFn: (providerId: string) => call('POST /api/v1/sign-in/sso/start', { body: { providerId } }),
    onSuccess: ({ url }) => window.location.assign(url),
  });
  const providers = query.data?.providers ?? [];
  return (
    <Stack gap="sm" mt="sm">
      <ProblemAlert problem={start.error ?? problem} />
      {providers.map(({ id, name }) => (
        <Button
          key={id}
          variant="default"
          loading={start.isPending && start.variables === id}
          onClick={() => start.mutate(id)}
        >
          {t('sso.enterWith', { name })}
        </Button>
      ))}
    </Stack>
  );
}
