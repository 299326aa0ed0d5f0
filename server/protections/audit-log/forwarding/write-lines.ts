/**
 * The lines of a part of the log, as a receiver takes them. Each line carries its index in the log, the hash of its leaf and the hash
 * of the leaf before: a receiver that sees an index missing, or a `previous` that is not the `leaf` of its last line, knows that
 * something did not reach it. The hashes are those of the tree (RFC 6962 §2.1), so any line can be held against a signed head.
 *
 * An entry that is not there any more, or whose bytes are not those of its leaf, still has its line, which says so: a deletion does
 * not look like a gap of the network. What is sealed stays out; names of who acted go along only where the receiver was added so.
 */
import type { EntryBody, ForwardForm, OcsfEvent } from '#contract';
import { ocsfVersion, toCef, toOcsf } from '#contract';
import { hashBytes, leafHash } from '#contract/tlog';
import { logHash } from '#protections/audit-log/tree';

export type Placed = { position: number; bytes: Buffer | null };
export type Part = {
  organizationId: string;
  entries: readonly Placed[];
  hashes: ReadonlyMap<number, Buffer>;
  now: Date;
};
export type Line = { index: number; about: 'whole' | 'gone' | 'changed'; event: OcsfEvent; text: string };
export type LineForm = { form: ForwardForm; version: string; nameOf: (entry: EntryBody) => string | null };

const noHash = '0'.repeat(hashBytes * 2);

export function writeLines(part: Part, form: LineForm): Line[] {
  return part.entries.map(({ position, bytes }) => {
    const leaf = part.hashes.get(position)!;
    const log = {
      index: position,
      leaf: leaf.toString('hex'),
      previous: position === 0 ? noHash : part.hashes.get(position - 1)!.toString('hex'),
    };
    const about = bytes === null ? 'gone' : leaf.equals(leafHash(logHash, bytes)) ? 'whole' : 'changed';
    const event =
      about === 'whole'
        ? ofEntry(JSON.parse(bytes!.toString('utf8')) as EntryBody, form)
        : ofNothing(part, `entry.${about}`, form.version);
    const placed: OcsfEvent = {
      ...event,
      metadata: { ...event.metadata, sequence: position },
      unmapped: { ...event.unmapped, log },
    };
    return {
      index: position,
      about,
      event: placed,
      text: form.form === 'cef' ? toCef(placed, form.version) : JSON.stringify(placed),
    };
  });
}

function ofEntry(entry: EntryBody, { version, nameOf }: LineForm): OcsfEvent {
  const event = toOcsf(entry, { version });
  const name = nameOf(entry);
  const user = event.actor['user'] as Record<string, unknown> | undefined;
  return name === null || user === undefined ? event : { ...event, actor: { ...event.actor, user: { ...user, name } } };
}

/** Application Error, other: the log itself is at fault. An entry `audit.pruned` further on explains what a rule deleted. */
function ofNothing(part: Part, what: 'entry.gone' | 'entry.changed', version: string): OcsfEvent {
  return {
    class_uid: 6008,
    category_uid: 6,
    activity_id: 99,
    activity_name: what,
    type_uid: 600_899,
    severity_id: what === 'entry.gone' ? 3 : 5,
    status_id: 2,
    status: 'Failure',
    time: part.now.getTime(),
    message: what,
    metadata: {
      version: ocsfVersion,
      product: { name: 'Lubart', vendor_name: 'Lubart', version },
      event_code: what,
      log_name: 'audit',
      tenant_uid: part.organizationId,
    },
    actor: { app_name: 'Lubart' },
    src_endpoint: { svc_name: 'lubart' },
    unmapped: { level: 'system' },
  };
}
