/**
 * How a try to send ended. A message that may have left is never sent again: the person would get two codes, and somebody who
 * floods a number would have the provider do it for them.
 */
import { LubartError } from '#kernel';

export type SmsMessage = {
  /** E.164, with the plus. */
  to: string;
  text: string;
};

export type Outcome =
  | { kind: 'sent' }
  /** The provider does not write to this number. */
  | { kind: 'number-refused'; code: string }
  /** It certainly did not leave, and another try may help. */
  | { kind: 'not-sent'; code: string; afterMillis: number }
  /** It did not leave and will not. */
  | { kind: 'failed'; code: string }
  /** No answer: nobody knows whether it left. */
  | { kind: 'unknown'; code: string };

/** One way to a provider. */
export type Adapter = {
  readonly provider: string;
  attempt(message: SmsMessage): Promise<Outcome>;
  close(): Promise<void>;
};

/** @throws sms.unavailable (details: mayHaveLeft, when nobody knows), sms.number_refused */
export function requireSent(provider: string, outcome: Outcome): void {
  if (outcome.kind === 'sent') return;
  const unknown = outcome.kind === 'unknown' ? { mayHaveLeft: true } : {};
  const details = { provider, reason: plainCode(outcome.code), ...unknown };
  throw new LubartError(outcome.kind === 'number-refused' ? 'sms.number_refused' : 'sms.unavailable', { details });
}

/** What a provider calls its fault, if it is a name or a number; a sentence of theirs may repeat the phone or the text. */
const plainCode = (code: string) => (/^[A-Za-z0-9_]{1,60}$/.test(code) && !/\d{7}/.test(code) ? code : 'unnamed');
