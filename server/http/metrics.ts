/** Numbers for an operator’s dashboard: routes by their pattern, never by their address, so no id or name is in them. */
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

export type Metrics = {
  readonly registry: Registry;
  countRequest(route: string, method: string, status: number, seconds: number): void;
  countRefusal(code: string): void;
  /** Adds a number that is read when somebody asks. */
  watch(name: string, help: string, read: () => number): void;
};

export function openMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'lubart_' });
  const seconds = new Histogram({
    name: 'lubart_http_request_seconds',
    help: 'Time to answer, by route',
    labelNames: ['route', 'method', 'status'],
    buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5],
    registers: [registry],
  });
  const refusals = new Counter({
    name: 'lubart_refusals_total',
    help: 'Refusals, by error code',
    labelNames: ['code'],
    registers: [registry],
  });
  return {
    registry,
    countRequest: (route, method, status, took) => seconds.observe({ route, method, status }, took),
    countRefusal: (code) => refusals.inc({ code }),
    watch: (name, help, read) => {
      new Gauge({
        name,
        help,
        registers: [registry],
        collect() {
          this.set(read());
        },
      });
    },
  };
}
