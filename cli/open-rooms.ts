/**
 * Opens Lubart for one command: over the database of the Lubart that runs on this data folder, or over the embedded one, started for
 * the time of the command, or over DATABASE_URL. Nothing listens. What a person may do is decided by the same rights as in the
 * browser, and a refusal leaves the same entry in the audit log.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Language, Permission, RouteKey, Routes } from '#contract';
import type { DatabaseAddress } from '#database';
import { findRunningPostgres, startEmbeddedPostgres } from '#database';
import type { Answer } from '#http';
import type { Config } from '#kernel';
import { LubartError } from '#kernel';
import type { Actor } from '#protections/access';
import type { AskSecret } from '#protections/encryption';
import type { Lubart } from '../server/lubart.ts';
import { openLubart } from '../server/lubart.ts';
import type { CallParts } from './call-route.ts';
import { openCalls } from './call-route.ts';
import { version } from './version.ts';

/** How the database was reached. `own`: nobody else works on it now, so jobs are done here and at once. */
export type DatabaseMode = 'running' | 'own' | 'url';

export type OpenRooms = {
  readonly lubart: Lubart;
  readonly mode: DatabaseMode;
  /** Process id of the running Lubart. */
  readonly pid: number | null;
  /** Where people open this Lubart. */
  readonly origin: string;
  /**
   * The person of `--as`: e-mail, or a name that only one person bears; `organizationId`: the one that is meant.
   * @throws person.not_found, person.several_organizations
   */
  actor(person: string, organizationId?: string): Promise<Actor>;
  /** For what no route does. @throws access.denied, after the refusal was recorded */
  requireRight(actor: Actor, permission: Permission): Promise<void>;
  /** Carries out what the route of this name does, with its rights, its shapes and its audit entries. */
  call<Key extends RouteKey & keyof Routes>(
    actor: Actor,
    key: Key,
    parts?: CallParts<Routes[Key]>,
  ): Promise<Answer<Routes[Key]>>;
  close(): Promise<void>;
};

/** Problems of the machinery go to standard error as one line of JSON each; they hold nothing personal. */
const log = {
  info: () => {},
  warn: () => {},
  error: (facts: object, text: string) => void process.stderr.write(`${JSON.stringify({ ...facts, msg: text })}\n`),
};

/** @throws start.*, config.*, key.*; organization.not_found when there is nothing yet and nothing may be made */
export async function openRooms(
  config: Config,
  language: Language,
  mayCreate: boolean,
  askSecret?: AskSecret,
): Promise<OpenRooms> {
  if (!mayCreate && !hasDatabase(config)) {
    throw new LubartError('organization.not_found', { details: { folder: config.dataFolder } });
  }
  const database = await reachDatabase(config);
  try {
    const lubart = await openLubart({ address: database.address, config, log, version, connections: 3, askSecret });
    const calls = openCalls(lubart, { mode: database.mode, language, origin: originOf(config) });
    return {
      lubart,
      mode: database.mode,
      pid: database.pid,
      origin: originOf(config),
      actor: calls.actor,
      requireRight: calls.requireRight,
      call: calls.call,
      close: async () => {
        await lubart.close();
        await database.stop();
      },
    };
  } catch (error) {
    await database.stop();
    throw error;
  }
}

/** Whether there is anything to open; false in a folder in which Lubart never ran. */
export function hasDatabase(config: Config): boolean {
  return config.databaseUrl !== undefined || existsSync(join(config.dataFolder, 'postgres', 'PG_VERSION'));
}

type Reached = { address: DatabaseAddress; mode: DatabaseMode; pid: number | null; stop: () => Promise<void> };

async function reachDatabase(config: Config): Promise<Reached> {
  if (config.databaseUrl !== undefined) {
    return { address: { url: config.databaseUrl }, mode: 'url', pid: null, stop: async () => {} };
  }
  const running = findRunningPostgres(config.dataFolder);
  if (running !== undefined) {
    const { socketFolder, port, pid } = running;
    const address = { socketFolder, port, superuser: 'lubart', database: 'lubart' };
    return { address, mode: 'running', pid, stop: async () => {} };
  }
  const embedded = await startEmbeddedPostgres({ dataFolder: config.dataFolder, log });
  const { socketFolder, superuser, database, port, password } = embedded;
  const address = { socketFolder, superuser, database, port, ...(password === undefined ? {} : { password }) };
  return { address, mode: 'own', pid: null, stop: () => embedded.stop() };
}

/** Where people open this Lubart; links are made of it. */
function originOf({ origin, tls, host, port }: Config): string {
  if (origin !== undefined) return origin;
  const name = host === '127.0.0.1' || host === '::1' ? 'localhost' : host;
  return `${tls === undefined ? 'http' : 'https'}://${name}:${port}`;
}
