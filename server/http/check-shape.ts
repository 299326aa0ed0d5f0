/** Requests are checked against the contract’s schemas before anything else sees them. */
import type { FastifyRouteSchemaDef } from 'fastify/types/schema.js';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { Value } from 'typebox/value';
import { LubartError } from '#kernel';

/**
 * Compiles one schema of a route. Queries arrive as text, so numbers and booleans in them are converted; bodies and the parts
 * of an address (ids, paths) are taken as they are. The first fault is reported with its place (`/changes/birthday`), never with its value.
 */
export function shapeChecker({ schema, httpPart }: FastifyRouteSchemaDef<TSchema>) {
  const compiled = Compile(schema);
  return (data: unknown) => {
    const isText = httpPart === 'querystring' || httpPart === 'headers';
    const value: unknown = isText ? Value.Convert(schema, data ?? {}) : data;
    if (compiled.Check(value)) return { value };
    const faults = compiled.Errors(value) as Fault[];
    const fault = faults.find((error) => error.instancePath !== '') ?? faults[0];
    const details = { reason: fault?.keyword ?? 'schema' };
    return { error: new LubartError('request.invalid', { field: faultPlace(httpPart, fault), details }) };
  };
}

type Fault = { instancePath: string; keyword: string; params: { requiredProperties?: string[] } };

function faultPlace(part: string | undefined, fault: Fault | undefined): string {
  const missing = fault?.params.requiredProperties?.[0];
  const path = `${fault?.instancePath ?? ''}${missing === undefined ? '' : `/${missing}`}`;
  return path === '' ? (part ?? 'request') : path.slice(1).replaceAll('/', '.');
}
