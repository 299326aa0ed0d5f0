/**
 * One way to end. Whoever opens something registers how to close it; on SIGINT, SIGTERM, a fatal error or the death of
 * the launcher everything is closed once, last opened first, within a deadline. A second signal ends at once.
 */

export type StopReason = 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'launcher_gone' | 'fatal_error' | 'asked';

/** The little of a logger that is needed here; pino fits. */
export type LifecycleLog = {
  info(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
};

type Closing = (at: (part: string) => void) => void | Promise<void>;

export type Lifecycle = {
  /** Registers a closer; closers run in reverse order, each awaited. One of several parts says at which it is. Returns how to take it back. */
  onStop(name: string, close: Closing): () => void;
  /** A service whose files changed is told by SIGHUP: from now on it means “look again”, no longer “end”. */
  onHangup(look: () => void): void;
  /** Closes everything and ends the process. Calling again returns the same promise. */
  stop(reason: StopReason, exitCode?: number): Promise<void>;
  /** Aborted when stopping begins: long work listens to it, health answers “stopping”. */
  readonly signal: AbortSignal;
};

export type LifecycleOptions = {
  log?: LifecycleLog;
  /** Longest time all closers may take together, milliseconds. The embedded database alone may need 25 s. */
  deadlineMillis?: number;
  /** A second signal within this time is the same Ctrl-C, delivered by the terminal and by the launcher. */
  sameSignalMillis?: number;
  /** For tests: what receives signals and what ends the process. */
  process?: Pick<NodeJS.Process, 'on' | 'exit' | 'connected' | 'channel'>;
};

const silent: LifecycleLog = { info: () => {}, error: () => {} };

/** Starts listening to signals and fatal errors. Make one per process. */
export function createLifecycle(options: LifecycleOptions = {}): Lifecycle {
  const { log = silent, deadlineMillis = 30_000, sameSignalMillis = 700 } = options;
  const host = options.process ?? process;
  const closers: { name: string; close: Closing }[] = [];
  const stopping = new AbortController();
  let ending: Promise<void> | undefined;
  let firstSignalAt = 0;
  let hangup: (() => void) | undefined;

  async function closeAll(reason: StopReason, exitCode: number): Promise<void> {
    log.info({ reason }, 'stopping');
    let code = exitCode;
    let current = '';
    const deadline = setTimeout(() => {
      log.error({ waitedFor: current, deadlineMillis }, 'stop took too long');
      host.exit(1);
    }, deadlineMillis);
    // A closer may register another one; the list is read until it is empty.
    for (let closer = closers.pop(); closer; closer = closers.pop()) {
      const { name, close } = closer;
      current = name;
      try {
        await close((part) => (current = `${name}: ${part}`));
      } catch (error) {
        code ||= 1;
        log.error({ closer: current, ...describe(error) }, 'could not close cleanly');
      }
    }
    clearTimeout(deadline);
    log.info({ reason }, 'stopped');
    host.exit(code);
  }

  function stop(reason: StopReason, exitCode = 0): Promise<void> {
    if (!ending) {
      stopping.abort();
      ending = closeAll(reason, exitCode);
    }
    return ending;
  }

  function onSignal(name: 'SIGINT' | 'SIGTERM' | 'SIGHUP'): void {
    const now = performance.now();
    if (firstSignalAt === 0) firstSignalAt = now;
    else if (now - firstSignalAt > sameSignalMillis) {
      log.error({ reason: name }, 'second signal: ending at once');
      host.exit(1);
    }
    void stop(name);
  }

  function onFatal(error: unknown): void {
    log.error(describe(error), 'fatal error');
    void stop('fatal_error', 1);
  }

  host.on('SIGINT', () => onSignal('SIGINT'));
  host.on('SIGTERM', () => onSignal('SIGTERM'));
  host.on('SIGHUP', () => (hangup === undefined ? onSignal('SIGHUP') : hangup()));
  host.on('uncaughtException', onFatal);
  host.on('unhandledRejection', (error: unknown) => {
    // The database went away while its driver was asking something of its own: whoever waits is told elsewhere, and the
    // connection is made anew. That must not end the server.
    if (isLostConnection(error)) log.error(describe(error), 'a database connection was lost');
    else onFatal(error);
  });
  if (host.connected) {
    // launch/ keeps a channel open: when it is killed outright, nobody else would tell us to stop.
    host.on('disconnect', () => void stop('launcher_gone'));
    host.channel?.unref?.();
  }

  return {
    onStop(name, close) {
      const closer = { name, close };
      closers.push(closer);
      return () => {
        const at = closers.indexOf(closer);
        if (at >= 0) closers.splice(at, 1);
      };
    },
    onHangup: (look) => {
      hangup = look;
    },
    stop,
    signal: stopping.signal,
  };
}

/** The driver’s codes, PostgreSQL’s class 57P (shutdown, crash, starting up), and those of the socket. */
const lostConnectionForm = /^(CONNECTION_\w+|CONNECT_TIMEOUT|57P0\d|ECONNRESET|ECONNREFUSED|EPIPE|ENOENT)$/;

function isLostConnection(error: unknown): boolean {
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined;
  return typeof code === 'string' && lostConnectionForm.test(code);
}

/** What may be logged of an unknown error: its kind, code and place, never values that came with a request. */
function describe(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { error: typeof error };
  const code = (error as { code?: unknown }).code;
  return {
    error: error.name,
    ...(typeof code === 'string' ? { code } : {}),
    // The first stack lines repeat the message, which may quote a value: only the places are kept.
    at: (error.stack ?? '')
      .split('\n')
      .filter((line) => /^\s+at /.test(line))
      .slice(0, 12)
      .map((line) => line.trim()),
  };
}
