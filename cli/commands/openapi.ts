/** `lubart openapi`: the OpenAPI 3.1 document of this version, without a database and without listening anywhere. */
import {
  auditRoutes,
  companyRoutes,
  contactRoutes,
  factorRoutes,
  importRoutes,
  linkRoutes,
  peopleRoutes,
} from '#contract';
import type { RouteTable } from '#contract';
import type { Action, Context } from '../command.ts';
import { version } from '../version.ts';

async function openapi(context: Context) {
  const { describeRoutes, openFrame, openMetrics, serveReference } = await import('#http');
  const { systemClock } = await import('#kernel');
  const nothing = { info: () => {}, warn: () => {}, error: () => {} };
  const nobody = () => Promise.reject(new Error('nobody asks here'));
  const frame = await openFrame({
    origins: [],
    proxies: [],
    tls: null,
    language: context.language,
    log: nothing,
    metrics: openMetrics(),
    clock: systemClock,
    reads: { note: nobody },
    refusals: { note: nobody },
    actorOf: nobody,
    actorOfKey: nobody,
  });
  await describeRoutes(frame.app, version);
  const serve = (table: RouteTable) =>
    frame.serve(table, Object.fromEntries(Object.keys(table).map((key) => [key, nobody])) as never);
  for (const table of [peopleRoutes, linkRoutes, factorRoutes, contactRoutes, companyRoutes, importRoutes, auditRoutes])
    serve(table);
  serveReference(frame.app);
  const answer = await frame.app.inject({ url: '/api/openapi.json', headers: { host: 'localhost' } });
  const data = answer.json<object>();
  await frame.app.close();
  return { data, lines: JSON.stringify(data, null, 2).split('\n') };
}

export const openapiActions: readonly Action[] = [
  {
    words: ['openapi'],
    operands: [],
    options: {},
    summary: { uk: 'Опис API (OpenAPI 3.1)', en: 'Description of the API (OpenAPI 3.1)' },
    run: openapi,
  },
];
