/**
 * `npm start -- --demo`: an invented printing house in Lutsk with its people and clients, for looking around. Made only where no
 * organization exists; the password is a new one each time, for a demo that somebody forgot to stop must not be an open door.
 */
import { randomBytes } from 'node:crypto';
import type { Language } from '#contract';
import { words } from '#contract';
import { companyKind, contactKind } from '#crm/records';
import type { Actor } from '#protections/access';
import type { OrganizationSeals } from '#protections/encryption';
import type { Lubart } from '../lubart.ts';
import { makeDemoCompany } from './make-companies.ts';
import { contactsPerCompany, makeDemoContacts } from './make-contacts.ts';
import type { Placed } from './make-staff.ts';
import { makeStaff } from './make-staff.ts';
import { randomOf } from './random.ts';
import type { NewRecord, StoreDeps } from './store-records.ts';
import { storeRecords } from './store-records.ts';
import { demoAddressOf, demoCompanyName, demoOwner } from './staff.ts';

export const demoSeed = 1340; // the year in which Lubart became prince of Volyn
export const demoContacts = 5_000;
const demoCompanies = Math.round(demoContacts / contactsPerCompany);

type Needs = Pick<Lubart, 'database' | 'keyring' | 'auditLog' | 'signIn' | 'people' | 'contacts' | 'companies'>;

/** Makes the demo and returns the lines to print once; one line that says so when an organization exists already. */
export async function seedDemo(lubart: Needs, language: Language = 'uk'): Promise<string[]> {
  if (!(await lubart.signIn.setupNeeded())) return [said[language].skipped];
  const password = makePassword();
  const email = demoAddressOf(demoOwner);
  const made = await lubart.signIn.setUp({
    organizationName: demoCompanyName,
    ownerName: demoOwner.name,
    email,
    password,
  });
  const actor = await lubart.signIn.actorByEmail(email, undefined, { device: 'Lubart demo' });
  const seals = await lubart.keyring.of(made.organizationId);
  const owner: Placed = {
    person: demoOwner,
    personId: made.personId,
    departmentId: made.departmentId,
    otpauthUri: made.otpauthUri,
  };
  const staff = [owner, ...(await makeStaff(lubart, seals, actor, password))];
  await makeClients(lubart, seals, actor, staff);
  return linesFor(staff, password, language);
}

/** Sixteen letters and digits in groups of four, 80 bits. */
function makePassword(): string {
  const alphabet = 'abcdefghijkmnpqrstuvwxyz23456789';
  return [...randomBytes(16)]
    .map((byte) => alphabet[byte & 31]!)
    .join('')
    .replace(/.{4}(?=.)/g, '$&-');
}

async function makeClients(
  lubart: Needs,
  seals: OrganizationSeals,
  actor: Actor,
  staff: readonly Placed[],
): Promise<void> {
  const today = new Date();
  const deps: StoreDeps = { ...lubart, seals, actor, now: () => new Date() };
  const holderOf = holders(staff);
  const companies = Array.from({ length: demoCompanies }, (_, number): NewRecord => {
    const { fields, createdAt } = makeDemoCompany(number, demoSeed, today);
    return { fields: { ...fields, ...holderOf('company', number) }, createdAt };
  });
  const companyIds = await storeRecords(deps, companyKind, companies);
  const contacts: NewRecord[] = [];
  for (const { fields, company, createdAt } of makeDemoContacts(demoContacts, demoSeed, today)) {
    // Who looks after a firm looks after its people: a manager sees both or neither.
    const holder = company === null ? holderOf('contact', contacts.length) : holderOf('company', company);
    const companyId = company === null ? null : companyIds[company]!;
    contacts.push({ fields: { ...fields, companyId, ...holder }, createdAt });
  }
  await storeRecords(deps, contactKind, contacts);
  for (const room of [lubart.companies, lubart.contacts]) room.forgetNameOrder(seals.organizationId);
}

function holders(staff: readonly Placed[]) {
  const choices = staff.map(
    ({ person, personId: ownerId, departmentId }) => [{ ownerId, departmentId }, person.clients] as const,
  );
  const salts = { company: 11, contact: 12 } as const;
  return (kind: keyof typeof salts, number: number) => randomOf(demoSeed ^ salts[kind], number).weighted(choices);
}

const said = {
  uk: {
    skipped: 'Демо: організація вже є, тому вигадану не створено.',
    title: `Демо: ${demoCompanyName}. Усі люди, клієнти й адреси вигадані.`,
    password: 'Пароль для всіх (показується один раз):',
    secret: 'Ключ для застосунку кодів (TOTP):',
  },
  en: {
    skipped: 'Demo: an organization exists already, so the invented one was not made.',
    title: `Demo: ${demoCompanyName}. All people, clients and addresses are invented.`,
    password: 'Password for everybody (shown once):',
    secret: 'Key for the authenticator app (TOTP):',
  },
} as const;

function linesFor(staff: readonly Placed[], password: string, language: Language): string[] {
  const say = said[language];
  const { roles } = words[language];
  const width = (part: (placed: Placed) => string) => Math.max(...staff.map((placed) => part(placed).length));
  const email = ({ person }: Placed) => demoAddressOf(person);
  const role = ({ person }: Placed) => roles[person.role];
  const place = ({ person }: Placed) => person.department ?? '—';
  const columns = [email, role, place].map((part) => ({ part, width: width(part) }));
  const rows = staff.map((placed) =>
    [
      '  ',
      ...columns.map((column) => `${column.part(placed).padEnd(column.width)}  `),
      secretOf(placed.otpauthUri),
    ].join(''),
  );
  return [say.title, `${say.password} ${password}`, say.secret, ...rows];
}

const secretOf = (otpauthUri: string) => new URL(otpauthUri).searchParams.get('secret') ?? '';
