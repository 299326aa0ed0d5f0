/** Every refusal leaves in one form (ErrorBody), in the person’s language, with the request’s id and nothing from inside. */
import type { FastifyError } from 'fastify';
import type { ErrorBody, ErrorCode, Language } from '#contract';
import { errorStatus, words } from '#contract';
import { LubartError } from '#kernel';

/** Turns whatever was thrown into a coded error; what we did not foresee is `server.failed` and keeps its cause for the log. */
export function codedError(thrown: unknown): LubartError {
  if (thrown instanceof LubartError) return thrown;
  const error = (thrown ?? {}) as Partial<FastifyError> & { code?: string };
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new LubartError('request.too_large');
  if (typeof error.statusCode === 'number' && error.statusCode >= 400 && error.statusCode < 500) {
    return new LubartError('request.invalid', { details: { reason: String(error.code ?? error.statusCode) } });
  }
  // What the database refuses because of the value itself (out of range, broken encoding) is the request’s fault, class 22.
  if (typeof error.code === 'string' && /^22[0-9A-Z]{3}$/.test(error.code)) {
    return new LubartError('request.invalid', { details: { reason: error.code }, cause: thrown });
  }
  if (error.code === '53100') return new LubartError('start.disk_full', { cause: thrown });
  return new LubartError('server.failed', { cause: thrown });
}

/** The body of a refusal. */
export function problemBody(error: LubartError, language: Language, requestId: string): ErrorBody {
  const body: ErrorBody['error'] = { code: error.code, message: inWords(error, language), requestId };
  if (error.field !== undefined) body.field = error.field;
  if (error.details !== undefined) body.details = error.details;
  if (error.current !== undefined) body.current = error.current;
  return { error: body };
}

/** The words of an error, with its details filled in where the words ask for them: “{name}”. */
export function inWords(
  error: { code: ErrorCode; field?: string | undefined; details?: LubartError['details'] },
  language: Language,
): string {
  const values: Record<string, string | number | boolean | undefined> = { field: error.field, ...error.details };
  return words[language].errors[error.code].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? '…'));
}

export function statusOf(error: LubartError): number {
  return errorStatus[error.code];
}
