/**
 * Arrays of PostgreSQL, one dimension each. The driver would ask at every new connection which there are, and wait for that answer nowhere:
 * a connection that ends meanwhile would end the process with it. So the types that we use stand here, with the numbers that PostgreSQL
 * has given them for good; a test looks for one that is missing.
 */
import type { PostgresType } from 'postgres';

type Element = { type: number; parse: (text: string) => unknown; serialize: (value: unknown) => string };

const asText = { parse: (text: string) => text, serialize: String };
const asNumber = { parse: Number, serialize: String };
const elements = {
  bytea: {
    type: 1001,
    parse: (text: string) => Buffer.from(text.slice(2), 'hex'),
    serialize: (value: unknown) =>
      typeof value === 'string' ? value : `\\x${Buffer.from(value as Buffer).toString('hex')}`,
  },
  int2: { type: 1005, ...asNumber },
  int4: { type: 1007, ...asNumber },
  text: { type: 1009, ...asText },
  int8: { type: 1016, ...asText },
  timestamptz: {
    type: 1185,
    parse: (text: string) => new Date(text),
    serialize: (value: unknown) => (value instanceof Date ? value.toISOString() : String(value)),
  },
  uuid: { type: 2951, ...asText },
} satisfies Record<string, Element>;

export const arrayTypes: Record<string, PostgresType> = Object.fromEntries(
  Object.entries<Element>(elements).map(([name, element]) => [
    name,
    {
      to: element.type,
      from: [element.type],
      parse: (text: string) => parseArray(text, element),
      serialize: (value: unknown) => (Array.isArray(value) ? serializeArray(value, element) : value),
    },
  ]),
);

function parseArray(text: string, { parse }: Element): unknown[] {
  const within = text.slice(1, -1);
  if (within === '') return [];
  if (!within.includes('"')) return within.split(',').map((one) => (one === 'NULL' ? null : parse(one)));
  return [...within.matchAll(/"((?:[^"\\]|\\.)*)"|[^,"]+/gs)].map(([one, quoted]) => {
    if (quoted !== undefined) return parse(quoted.replaceAll(/\\(.)/gs, '$1'));
    return one === 'NULL' ? null : parse(one);
  });
}

function serializeArray(values: readonly unknown[], { serialize }: Element): string {
  const parts = values.map((value) => {
    if (value === null) return 'NULL';
    if (value === undefined || Array.isArray(value)) throw new TypeError('an array takes values of one kind, and null');
    return `"${serialize(value).replaceAll(/["\\]/g, '\\$&')}"`;
  });
  return `{${parts.join(',')}}`;
}
