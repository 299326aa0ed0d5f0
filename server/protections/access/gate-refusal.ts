/** Somebody known is stopped at the gates (network, hour): the refusal says who, so that the audit log can. */
import type { ErrorCode } from '#contract';
import { LubartError } from '#kernel';
import type { Actor } from './actor.ts';

export class GateRefusal extends LubartError {
  readonly actor: Actor;

  constructor(code: ErrorCode, actor: Actor, details?: Record<string, string | number | boolean>) {
    super(code, details === undefined ? {} : { details });
    this.name = 'GateRefusal';
    this.actor = actor;
  }
}
