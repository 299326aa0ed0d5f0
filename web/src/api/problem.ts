/** What went wrong with a call, as the server said it, or that the server could not be reached. */
import type { ErrorBody, ErrorCode } from '../contract.ts';
import { errorStatus } from '../contract.ts';

/** `unreachable`: no answer at all; `unknown`: an answer that is not Lubart’s (a proxy’s page, for example). */
export type ProblemCode = ErrorCode | 'unreachable' | 'unknown';

export class Problem extends Error {
  readonly code: ProblemCode;
  readonly status: number;
  readonly field: string | undefined;
  readonly requestId: string | undefined;
  readonly details: Record<string, string | number | boolean>;
  /** The record as it is now, when somebody else was faster. */
  readonly current: unknown;

  constructor(code: ProblemCode, status: number, body?: Partial<ErrorBody['error']>) {
    super(code);
    this.name = 'Problem';
    this.code = code;
    this.status = status;
    this.field = body?.field;
    this.requestId = body?.requestId;
    this.details = body?.details ?? {};
    this.current = body?.current;
  }
}

/** Reads a refusal. Never throws: whatever came, there is a code for it. */
export async function readProblem(response: Response): Promise<Problem> {
  const body = (await response.json().catch(() => null)) as Partial<ErrorBody> | null;
  const code = body?.error?.code;
  if (code === undefined || !(code in errorStatus)) return new Problem('unknown', response.status);
  return new Problem(code, response.status, body?.error);
}

/** Turns anything that was thrown into a problem. */
export function asProblem(thrown: unknown): Problem {
  return thrown instanceof Problem ? thrown : new Problem('unreachable', 0);
}
