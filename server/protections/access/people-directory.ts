/**
 * Who works in the organization and in which departments, opened once and kept for a moment: lists show owner names by it,
 * imports find owners by it. It is not asked for rights: those are read from the database for every session.
 */
import type { Database } from '#database';
import type { Clock } from '#kernel';
import type { Keyring } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import { compareNames, foldWords } from '#ukraine';
import { listDepartments } from './department-store.ts';
import type { Head } from './heads/find-heads.ts';
import { headsFrom } from './heads/find-heads.ts';
import { listNamedHeads } from './heads/head-store.ts';
import { listPeople } from './people-store.ts';
import type { PersonSecret } from './person.ts';
import { personPlace, signInEmail } from './person.ts';
import { listHeldRoles } from './role-store.ts';
import type { RoleRow } from './role.ts';

export type DirectoryPerson = {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  /** Roles at the moment of reading; the one that everybody has is not among them. */
  readonly roles: readonly RoleRow[];
  readonly departmentId: string;
  readonly active: boolean;
  readonly lastSeenAt: Date | null;
};

export type DirectoryDepartment = {
  readonly id: string;
  readonly name: string;
  readonly parentId: string | null;
  readonly peopleCount: number;
  readonly version: number;
  readonly heads: readonly Head[];
};

export type PeopleDirectory = {
  /** The person, active or not. */
  find(organizationId: string, id: string): Promise<DirectoryPerson | undefined>;
  /** Everybody who ever had access, in the order of names. */
  list(organizationId: string): Promise<readonly DirectoryPerson[]>;
  /** The one active person with this e-mail or name (either alphabet, any order of words); undefined when none or several. */
  byName(organizationId: string, text: string): Promise<DirectoryPerson | undefined>;
  /** The person’s department, when the person is active: who may own clients. */
  findPerson(organizationId: string, personId: string): Promise<{ departmentId: string } | undefined>;
  departments(organizationId: string): Promise<readonly DirectoryDepartment[]>;
  /** The one department with this name; undefined when none or several. */
  departmentByName(organizationId: string, text: string): Promise<DirectoryDepartment | undefined>;
  hasDepartment(organizationId: string, departmentId: string): Promise<boolean>;
  /** Forgets what is kept, so that the next question reads anew. Called by whoever changes people or departments. */
  forget(organizationId: string): void;
};

/** How long another node’s change may stay unseen, milliseconds. */
export const directoryKeptMillis = 5_000;

type Kept = { until: number; people: readonly DirectoryPerson[]; departments: readonly DirectoryDepartment[] };

export function openPeopleDirectory(deps: { database: Database; keyring: Keyring; clock: Clock }): PeopleDirectory {
  const { database, keyring, clock } = deps;
  const kept = new Map<string, Promise<Kept>>();
  const read = async (organizationId: string): Promise<Kept> => {
    const until = clock.now().getTime() + directoryKeptMillis;
    const seals = await keyring.of(organizationId);
    return database.read(systemReach(organizationId), async (tx) => {
      const held = await listHeldRoles(tx, organizationId, clock.now());
      const rolesOf = Map.groupBy(held, ({ personId }) => personId);
      const rows = await listPeople(tx, organizationId);
      const people = rows.map((row) => {
        const { name, email } = seals.open<PersonSecret>(personPlace(row.id), row.sealed);
        const { id } = row;
        const roles: readonly RoleRow[] = rolesOf.get(id) ?? [];
        const active = row.deactivated_at === null;
        return { id, name, email, roles, departmentId: row.department_id, active, lastSeenAt: row.last_seen_at };
      });
      const tree = await listDepartments(tx, organizationId);
      const named = await listNamedHeads(tx, organizationId);
      const heads = headsFrom({ departments: tree, people: rows, held, named });
      const departments = tree.map(({ id, name, version, ...row }) => {
        return {
          id,
          name,
          version,
          parentId: row.parent_id,
          peopleCount: row.people_count,
          heads: heads.get(id) ?? [],
        };
      });
      return { until, people: people.sort((a, b) => compareNames(a.name, b.name)), departments };
    });
  };
  const known = async (organizationId: string): Promise<Kept> => {
    const before = kept.get(organizationId);
    if (before !== undefined) {
      const found = await before;
      if (found.until > clock.now().getTime()) return found;
    }
    if (kept.get(organizationId) === before) {
      const reading = read(organizationId);
      kept.set(organizationId, reading);
      reading.catch(() => {
        if (kept.get(organizationId) === reading) kept.delete(organizationId);
      });
    }
    return kept.get(organizationId) ?? read(organizationId);
  };
  const find = async (organizationId: string, id: string) =>
    (await known(organizationId)).people.find((person) => person.id === id);
  return {
    find,
    list: async (organizationId) => (await known(organizationId)).people,
    byName: async (organizationId, text) => {
      const active = (await known(organizationId)).people.filter((person) => person.active);
      const wanted = nameForm(text);
      const matches = text.includes('@')
        ? active.filter((person) => signInEmail(person.email) === signInEmail(text))
        : active.filter((person) => wanted !== '' && nameForm(person.name) === wanted);
      return matches.length === 1 ? matches[0] : undefined;
    },
    findPerson: async (organizationId, personId) => {
      const person = await find(organizationId, personId);
      return person?.active === true ? { departmentId: person.departmentId } : undefined;
    },
    departments: async (organizationId) => (await known(organizationId)).departments,
    departmentByName: async (organizationId, text) => {
      const wanted = foldWords(text).join(' ');
      const { departments } = await known(organizationId);
      const matches = departments.filter(({ name }) => wanted !== '' && foldWords(name).join(' ') === wanted);
      return matches.length === 1 ? matches[0] : undefined;
    },
    hasDepartment: async (organizationId, departmentId) =>
      (await known(organizationId)).departments.some((department) => department.id === departmentId),
    forget: (organizationId) => kept.delete(organizationId),
  };
}

/** «Коваленко Олена» and “Olena Kovalenko” are one name. */
const nameForm = (name: string) => foldWords(name).sort().join(' ');
