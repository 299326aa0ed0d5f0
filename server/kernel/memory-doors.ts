/**
 * Doors by which the memory of a process leaves it although nobody meant it. Node opens a debugger on 127.0.0.1 when it gets SIGUSR1
 * (https://nodejs.org/api/process.html#signal-events): every account of the machine could then read keys, and run what it likes. And a
 * diagnostic report (`--report-on-fatalerror`, `--report-on-signal`) writes down the environment, where passwords of services stand, and
 * asks the name server about everybody who is connected. Both are shut before anything secret is read. The addresses of connections stay in
 * a report; Node has no switch for them.
 */
export function shutMemoryDoors(): void {
  // Attack: a signal by mistake, of a script or of logrotate, opens the debugger to everybody on the machine. Heard, it does nothing.
  process.on('SIGUSR1', () => {});
  // The types of Node do not know the second one yet.
  Object.assign(process.report, { excludeEnv: true, excludeNetwork: true });
}
