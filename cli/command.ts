/** What a command is: how it is written, what it says about itself, and what it does. One file per command declares its actions. */
import type { Language } from '#contract';
import type { Config } from '#kernel';
import type { Actor } from '#protections/access';
import type { ExitCode } from './exit-codes.ts';
import type { OpenRooms } from './open-rooms.ts';

export type Said = Readonly<Record<Language, string>>;

export type Option = {
  readonly type: 'text' | 'flag' | 'integer' | 'id';
  /** What stands for the value in help: FILE. */
  readonly value?: string;
  readonly choices?: readonly string[];
  readonly required?: true;
  readonly meaning: Said;
};

export type Action = {
  /** What follows `lubart`: one word or two. */
  readonly words: readonly [string] | readonly [string, string];
  readonly operands: readonly string[];
  readonly options: Readonly<Record<string, Option>>;
  readonly summary: Said;
  /** Lines for the help of this very action. */
  readonly more?: Said;
  /** Ends by itself after Ctrl-C; others are cut. */
  readonly endsItself?: true;
  run(context: Context): Promise<Answer>;
};

export type Answer = {
  /** The one object that `--json` prints; its keys stay. */
  readonly data: object;
  /** What a person reads. */
  readonly lines: readonly string[];
  readonly exitCode?: ExitCode;
};

export type Context = {
  readonly operands: readonly string[];
  text(option: string): string | undefined;
  integer(option: string): number | undefined;
  flag(option: string): boolean;
  readonly json: boolean;
  readonly language: Language;
  /** The words in the language in use. */
  say(said: Said): string;
  /** A line for the person, on standard error. */
  tell(line: string): void;
  readonly config: () => Config;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Lubart over the database of this data folder, opened at the first call; the runner closes it. */
  open(): Promise<OpenRooms>;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
};

/** The command is not written right: shown with a pointer to help, exit code 2. Its words never repeat a given value. */
export class UsageError extends Error {
  readonly said: Said;

  constructor(said: Said) {
    super(said.en);
    this.name = 'UsageError';
    this.said = said;
  }
}

/** Ctrl-C cut the action. */
export class Interrupted extends Error {}

const as: Option = {
  type: 'text',
  value: 'PERSON',
  required: true,
  meaning: {
    uk: 'від чийого імені: ел. пошта або ім’я; діють права цієї людини, і журнал називає її',
    en: 'on whose behalf: e-mail or name; this person’s rights apply, and the audit log names them',
  },
};

export const organizationOption: Option = {
  type: 'id',
  value: 'ID',
  meaning: {
    uk: 'котра компанія, якщо пошта діє в кількох на цьому сервері',
    en: 'which company, when the e-mail works in several on this server',
  },
};

/** Of every action that is done on somebody’s behalf. */
export const asOptions = { as, organization: organizationOption };

/** Whoever an action is done on behalf of. @throws person.not_found, person.several_organizations */
export const actorOf = (context: Context, rooms: OpenRooms): Promise<Actor> =>
  rooms.actor(context.text('as')!, context.text('organization'));
