/** What is asked of both sides in each operation: the same question, in the words of each. */
import { contactKind } from '#crm/records';
import { floorSearchText } from './floor-database.ts';
import { requestBytes } from './http-connection.ts';
import { inventContacts } from './invent-contacts.ts';
import type { Company } from './prepare-company.ts';
import type { Sample } from './seed-contacts.ts';

export type Side = 'floor' | 'lubart';

/** Operations under load, in the order in which they run; those that write come last. */
export const loads = [
  'list newest',
  'list by name',
  'find name prefix',
  'find two words',
  'find two common words',
  'find phone digits',
  'find e-mail',
  'open one',
  'update phone',
  'update note',
  'create',
] as const;
export type Load = (typeof loads)[number];

export type RequestMaker = (side: Side, load: Load, turn: number) => Buffer;
export type Target = { cookie: string; company: Pick<Company, 'samples' | 'manager'> };

/** Makes requests; `turn` picks the client that is asked about, so both sides ask about the same ones. */
export function requestMaker({ cookie, company }: Target): RequestMaker {
  const { samples, manager } = company;
  const heads: Record<Side, string> = {
    floor: '',
    lubart: `cookie: ${cookie}\r\nuser-agent: Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0\r\naccept-language: uk\r\n`,
  };
  const owner = `owner=${manager.personId}&department=${manager.departmentId}`;
  const withEmail = samples.filter(({ email }) => email !== '');
  const common = commonPairs(samples);
  const fresh = [...inventContacts(2000, 1, 77)].map(({ fields }) => fields);
  const one = <T>(list: readonly T[], turn: number) => list[(turn * 7919) % list.length]!;
  const request = (side: Side, method: string, path: string, body?: unknown) =>
    requestBytes(method, path, heads[side], body);
  const find = (side: Side, text: string) =>
    side === 'floor'
      ? request(side, 'POST', `/find?${owner}`, { text })
      : request(side, 'POST', '/api/v1/contacts/find', { text });
  return (side, load, turn) => {
    const sample = one(samples, turn);
    switch (load) {
      case 'list newest':
        return side === 'floor' ? request(side, 'GET', `/contacts?${owner}`) : request(side, 'GET', '/api/v1/contacts');
      case 'list by name':
        return side === 'floor'
          ? request(side, 'GET', `/contacts?sort=name&${owner}`)
          : request(side, 'GET', '/api/v1/contacts?sort=name');
      case 'find name prefix':
        return find(side, sample.lastName.slice(0, 3 + (turn % 3)));
      case 'find two words':
        return find(side, `${sample.lastName.slice(0, 4)} ${sample.firstName.slice(0, 3)}`);
      case 'find two common words':
        return find(side, one(common, turn));
      case 'find phone digits':
        return find(side, sample.phone.slice(-4 - (turn % 4)));
      case 'find e-mail':
        return find(side, one(withEmail, turn).email);
      case 'open one':
        return request(
          side,
          'GET',
          side === 'floor' ? `/contacts/${sample.id}?${owner}` : `/api/v1/contacts/${sample.id}`,
        );
      case 'create': {
        const fields = one(fresh, turn);
        return side === 'floor'
          ? request(side, 'POST', `/contacts?${owner}`, { ...contactKind.blank, ...fields })
          : request(side, 'POST', '/api/v1/contacts', fields);
      }
      case 'update phone':
      case 'update note':
        throw new Error('an update needs a version: see updateRequest');
    }
  };

  function commonPairs(all: readonly Sample[]): string[] {
    const counts = new Map<string, number>();
    for (const { lastName, firstName } of all) {
      for (const beginning of [lastName.slice(0, 3), firstName.slice(0, 3)])
        counts.set(beginning, (counts.get(beginning) ?? 0) + 1);
    }
    const most = [...counts]
      .toSorted((a, b) => b[1] - a[1])
      .slice(0, 8)
      .map(([beginning]) => beginning);
    return most.flatMap((first, at) => most.slice(at + 1).map((second) => `${first} ${second}`));
  }
}

/** Changes one field of a client: a phone (indexed) or the notes (not indexed). */
export function updateRequest(
  side: Side,
  load: Load,
  target: Target,
  sample: Sample,
  version: number,
  turn: number,
): Buffer {
  const { cookie, company } = target;
  const number = `+38050000${String(turn % 10_000).padStart(4, '0')}`;
  const changes =
    load === 'update note' ? { notes: `Домовилися зустрітися, розмова ${turn}` } : { phones: [{ number, label: '' }] };
  if (side === 'lubart')
    return requestBytes('PATCH', `/api/v1/contacts/${sample.id}`, `cookie: ${cookie}\r\n`, { version, changes });
  const { lastName, firstName, companyName, email } = sample;
  const fields = {
    lastName,
    firstName,
    middleName: '',
    companyName,
    phones: [{ number }],
    emails: email === '' ? [] : [{ address: email }],
    tags: [],
  };
  const path = `/contacts/${sample.id}?owner=${company.manager.personId}`;
  return requestBytes('PATCH', path, '', {
    version,
    changes,
    ...(load === 'update note' ? {} : { search: floorSearchText({ fields }) }),
  });
}

/** Reads a client, for its version. */
export const openRequest = (side: Side, target: Target, sample: Sample): Buffer =>
  side === 'lubart'
    ? requestBytes('GET', `/api/v1/contacts/${sample.id}`, `cookie: ${target.cookie}\r\n`)
    : requestBytes('GET', `/contacts/${sample.id}?owner=${target.company.manager.personId}`, '');
