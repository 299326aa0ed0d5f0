/**
 * An event of the log in the Common Event Format (ArcSight, CEF:0): a line that older collectors take. Made from the OCSF event, so
 * both say the same. In the header a backslash and a pipe are escaped, in values a backslash, an equals sign and line breaks: what
 * somebody typed cannot end a field, a line or begin another event.
 */
import type { OcsfEvent } from './to-ocsf.ts';

const escapeHeader = (text: string) =>
  text.replaceAll(/[\\|]/g, String.raw`\$&`).replaceAll(/[\r\n\u2028\u2029]+/g, ' ');
const escapeValue = (text: string) =>
  text
    .replaceAll(/[\\=]/g, String.raw`\$&`)
    .replaceAll(/\r\n|[\n\u2028\u2029]/g, String.raw`\n`)
    .replaceAll('\r', String.raw`\r`);

/** Severities of OCSF, 1 to 5, as those of CEF, 0 to 10. */
const severities: Readonly<Record<number, number>> = { 1: 1, 2: 4, 3: 6, 4: 8, 5: 10 };

export function toCef(event: OcsfEvent, version: string): string {
  const meta = event.metadata as { event_code?: string; uid?: string; tenant_uid?: string; correlation_uid?: string };
  const actor = event.actor as { user?: { uid?: string; name?: string }; session?: { uid?: string } };
  const { ip } = event.src_endpoint as { ip?: string };
  const { log, level, subject, facts } = event.unmapped as Unmapped;
  const code = meta.event_code ?? String(event.activity_name ?? event.type_uid);
  const header = ['Lubart', 'Lubart', version, code, event.message, String(severities[event.severity_id] ?? 1)];
  const values: [string, unknown][] = [
    ['rt', event.time],
    ['externalId', meta.uid],
    ['act', code],
    ['cat', level],
    ['outcome', event.status],
    ['reason', event.status_code],
    ...sourceOf(ip),
    ['suid', actor.user?.uid],
    ['suser', actor.user?.name],
    ['requestClientApplication', (event.device as { name?: string } | undefined)?.name],
    ['cnt', event.count],
    ['cn1Label', 'logIndex'],
    ['cn1', log?.index],
    ['cs1Label', 'logLeaf'],
    ['cs1', log?.leaf],
    ['cs2Label', 'logPrevious'],
    ['cs2', log?.previous],
    ['cs3Label', 'organization'],
    ['cs3', meta.tenant_uid],
    ...labelled('cs4', 'session', actor.session?.uid),
    ...labelled('cs5', 'request', meta.correlation_uid),
    ...labelled('cs6', 'subject', subject === undefined ? undefined : JSON.stringify(subject)),
    ['msg', facts === undefined ? undefined : JSON.stringify(facts)],
  ];
  const extension = values.filter(([, value]) => value !== undefined && value !== null);
  return `CEF:0|${header.map(escapeHeader).join('|')}|${extension
    .map(([name, value]) => `${name}=${escapeValue(String(value))}`)
    .join(' ')}`;
}

type Unmapped = {
  log?: { index: number; leaf: string; previous: string };
  level?: string;
  subject?: unknown;
  facts?: unknown;
};

/** `src` holds four numbers only; an address of IPv6 has a field of its own. */
const sourceOf = (ip: string | undefined): [string, unknown][] =>
  ip?.includes(':') === true ? labelled('c6a2', 'Source IPv6 Address', ip) : [['src', ip]];

const labelled = (name: string, label: string, value: unknown): [string, unknown][] =>
  value === undefined
    ? []
    : [
        [`${name}Label`, label],
        [name, value],
      ];
