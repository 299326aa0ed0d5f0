/** The API described by itself: OpenAPI 3.1 at /api/openapi.json, and a page for people at /api/reference. */
import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import type { Language } from '#contract';
import { errorStatus, keyRoutes, words } from '#contract';

type Operation = {
  summary?: string;
  parameters?: unknown[];
  requestBody?: unknown;
  responses?: unknown;
  'x-permission'?: string;
};
const openToKeys: ReadonlySet<string> = new Set(keyRoutes);
type Document = { paths?: Record<string, Record<string, Operation>> };

/** Must be called before the routes are added: it watches them being added. */
export async function describeRoutes(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Lubart',
        version,
        description:
          'Every route names the permission it asks for (x-permission). Errors have one form and a closed set of codes.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      components: {
        securitySchemes: {
          session: { type: 'apiKey', in: 'cookie', name: 'lubart' },
          apiKey: { type: 'http', scheme: 'bearer', description: 'A key made under Security → API keys: `lubart_…`' },
        },
      },
    },
    hideUntagged: false,
    transform: ({ schema, url, route }) => {
      const declared = route.config?.route;
      if (declared === undefined) return { schema: { ...schema, hide: true }, url };
      const described: Record<string, unknown> = { ...schema, 'x-permission': declared.permission };
      if (declared.permission !== 'anyone')
        described['security'] = [
          { session: [] },
          ...(openToKeys.has(route.config?.routeKey ?? '') ? [{ apiKey: [] }] : []),
        ];
      if (declared.stream === 'request') described['consumes'] = ['application/octet-stream'];
      described['response'] = {
        ...(schema?.response as object | undefined),
        '4xx': { description: 'Refused', type: 'object', ...errorSchema },
      };
      return { schema: described, url };
    },
  });
}

const errorSchema = {
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message', 'requestId'],
      properties: {
        code: { type: 'string', enum: Object.keys(errorStatus) },
        message: { type: 'string' },
        field: { type: 'string' },
        details: { type: 'object' },
        requestId: { type: 'string' },
      },
    },
  },
};

/** Adds the two addresses; call it after the routes. */
export function serveReference(app: FastifyInstance): void {
  const document = () => (app as unknown as { swagger(): Document }).swagger();
  app.get('/api/openapi.json', async () => document());
  app.get('/api/reference', async (request, reply) =>
    reply.type('text/html; charset=utf-8').send(referencePage(document(), request.visitor.language)),
  );
  app.get('/api/reference.css', async (_request, reply) => reply.type('text/css; charset=utf-8').send(style));
}

const escape = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

const pageWords = {
  uk: {
    title: 'Довідник API Lubart',
    permission: 'Право',
    body: 'Тіло запиту',
    query: 'Параметри',
    answer: 'Відповідь',
    errors: 'Коди помилок',
    raw: 'Опис OpenAPI 3.1',
  },
  en: {
    title: 'Lubart API reference',
    permission: 'Permission',
    body: 'Request body',
    query: 'Parameters',
    answer: 'Answer',
    errors: 'Error codes',
    raw: 'OpenAPI 3.1 document',
  },
} as const;

function referencePage(document: Document, language: Language): string {
  const say = pageWords[language];
  const operations = Object.entries(document.paths ?? {}).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => section(method, path, operation, say)),
  );
  const errors = Object.entries(errorStatus).map(
    ([code, status]) =>
      `<tr><td><code>${code}</code></td><td>${status}</td><td>${escape(words[language].errors[code as keyof typeof errorStatus])}</td></tr>`,
  );
  return `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${say.title}</title><link rel="stylesheet" href="/api/reference.css"></head><body><main><h1>${say.title}</h1>
<p><a href="/api/openapi.json">${say.raw}</a></p>${operations.join('\n')}
<h2>${say.errors}</h2><table>${errors.join('')}</table></main></body></html>`;
}

function section(method: string, path: string, operation: Operation, say: (typeof pageWords)[Language]): string {
  const part = (title: string, value: unknown) =>
    value === undefined
      ? ''
      : `<details><summary>${title}</summary><pre>${escape(JSON.stringify(value, null, 2))}</pre></details>`;
  return `<section><h2><span class="method ${method}">${method.toUpperCase()}</span> <code>${escape(path)}</code></h2>
<p>${escape(operation.summary ?? '')}</p><p>${say.permission}: <code>${operation['x-permission'] ?? ''}</code></p>
${part(say.query, operation.parameters)}${part(say.body, operation.requestBody)}${part(say.answer, operation.responses)}</section>`;
}

const style = `:root{color-scheme:light dark;--line:light-dark(#d8d5cc,#3b4148);--soft:light-dark(#f6f4ee,#1d2226)}
body{font:16px/1.5 system-ui,sans-serif;margin:0;background:light-dark(#fffefb,#14181b);color:light-dark(#20252a,#e6e4dd)}
main{max-width:60rem;margin:0 auto;padding:2rem 1rem}h1{font-size:1.75rem}h2{font-size:1.05rem;margin:0}
section{border:1px solid var(--line);border-radius:8px;padding:.9rem 1.1rem;margin:.9rem 0}p{margin:.35rem 0}
.method{display:inline-block;min-width:4.2rem;font-size:.8rem;letter-spacing:.04em;color:light-dark(#8a3b12,#f0a878)}
pre{background:var(--soft);padding:.8rem;border-radius:6px;overflow:auto;font-size:.85rem}a{color:light-dark(#1d5c4c,#7fd1bb)}
table{border-collapse:collapse;width:100%;font-size:.9rem}td{border-top:1px solid var(--line);padding:.4rem .6rem;vertical-align:top}`;
