/**
 * One kind of error crosses the rooms: a code from the closed set, the field it is about, and details that are safe
 * to show and to log. Words are chosen at the edge (HTTP, CLI) in the person's language.
 */
import type { ErrorCode } from '#contract';

export type ErrorDetails = Record<string, string | number | boolean>;

export class LubartError extends Error {
  readonly code: ErrorCode;
  readonly field: string | undefined;
  readonly details: ErrorDetails | undefined;
  /** Only for conflicts: the version that stands, already shaped for the actor. Never logged. */
  readonly current: unknown;

  constructor(
    code: ErrorCode,
    options: { field?: string; details?: ErrorDetails; current?: unknown; cause?: unknown } = {},
  ) {
    super(code, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'LubartError';
    this.code = code;
    this.field = options.field;
    this.details = options.details;
    this.current = options.current;
  }
}

/** True when `error` carries one of `codes` (any code when none is named). */
export function hasCode(error: unknown, ...codes: ErrorCode[]): error is LubartError {
  return error instanceof LubartError && (codes.length === 0 || codes.includes(error.code));
}
