/**
 * What opens something: a key, a password, a token. A Secret cannot be printed by mistake: not in a log, an error, a template, JSON, a
 * look with util.inspect or a message to a worker, and its value is no property that anything could walk over. Who really needs the
 * value asks for it by name with `expose`, where it is used and nowhere before; so `expose(` lists every such place.
 */
import { inspect } from 'node:util';

/** What stands instead of the value. */
export const secretText = '[secret]';

export class Secret<T> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  /** The value itself. It is for the line that uses it; it must not be kept. */
  expose(): T {
    return this.#value;
  }

  toString(): string {
    return secretText;
  }

  toJSON(): string {
    return secretText;
  }

  [Symbol.toPrimitive](): string {
    return secretText;
  }

  [inspect.custom](): string {
    return secretText;
  }
}

/** Undefined and empty stay what they are: there is nothing to hide, and it must be seen that nothing is there. */
export const secretOf = (text: string | undefined): Secret<string> | undefined =>
  text === undefined || text === '' ? undefined : new Secret(text);
