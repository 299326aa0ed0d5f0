/** A code that came by SMS is spent: its try is counted for good before it is looked at, then it is found and used in one statement. */
import type { Transaction } from '#database';
import { LubartError } from '#kernel';
import type { SignInDeps } from '../deps.ts';
import type { Proven } from '../passkey-proof.ts';
import { requireSmsAllowed } from './send-code.ts';
import type { CodeFor } from './sms-store.ts';
import { countCodeTry, noteNumberUse, spendCodeRow } from './sms-store.ts';

/** A refusal: there is no code that it could be. What is judged after it must not take the count back (judged-act.ts). */
export const enterCode = async (deps: SignInDeps, tx: Transaction, whose: CodeFor): Promise<LubartError | null> =>
  (await countCodeTry(tx, whose, deps.clock.now())) ? null : new LubartError('sms.code_over', { field: 'code' });

/** In the transaction of what it opens. @throws sign-in.code_wrong, sms.not_allowed */
export async function spendSmsCode(deps: SignInDeps, tx: Transaction, whose: CodeFor, text: string): Promise<Proven> {
  const code = text.replace(/[\s-]+/g, '');
  const at = deps.clock.now();
  await requireSmsAllowed(tx, deps, whose);
  const spent = /^\d{6}$/.test(code) && (await spendCodeRow(tx, deps.keyring.root, whose, { code, at }));
  if (!spent) throw new LubartError('sign-in.code_wrong', { field: 'code' });
  await noteNumberUse(tx, whose, at);
  return { factor: 'sms' };
}
