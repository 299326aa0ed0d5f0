/** `lubart status`: what is installed here, where it lies, how much it holds, and whether the protections stand. Nothing personal. */
import type { Action, Context } from '../command.ts';
import { factLines } from '../print-table.ts';
import { version } from '../version.ts';

const words = {
  uk: {
    database: {
      running: 'Lubart працює',
      own: 'Lubart зупинено',
      url: 'власна база (DATABASE_URL)',
      none: 'даних ще немає',
    },
    names: {
      version: 'Версія',
      node: 'Node',
      postgres: 'PostgreSQL',
      database: 'Стан',
      dataFolder: 'Тека даних',
      keyFile: 'Файл ключа',
      keyFingerprint: 'Відбиток ключа',
      organizations: 'Організацій',
      posture: 'Захисти',
    },
    counts: {
      people: 'людей',
      departments: 'відділів',
      contacts: 'контактів',
      companies: 'компаній',
      imports: 'імпортів',
      auditEntries: 'записів журналу',
    },
    checks: (passed: number, failed: number) => `${passed} перевірок пройшло, ${failed} ні`,
  },
  en: {
    database: {
      running: 'Lubart is running',
      own: 'Lubart is stopped',
      url: 'own database (DATABASE_URL)',
      none: 'no data yet',
    },
    names: {
      version: 'Version',
      node: 'Node',
      postgres: 'PostgreSQL',
      database: 'State',
      dataFolder: 'Data folder',
      keyFile: 'Key file',
      keyFingerprint: 'Key fingerprint',
      organizations: 'Organizations',
      posture: 'Protections',
    },
    counts: {
      people: 'people',
      departments: 'departments',
      contacts: 'contacts',
      companies: 'companies',
      imports: 'imports',
      auditEntries: 'audit entries',
    },
    checks: (passed: number, failed: number) => `${passed} checks passed, ${failed} failed`,
  },
} as const;

async function status(context: Context) {
  const say = words[context.language];
  const { dataFolder, keyFile, ...config } = context.config();
  const { hasDatabase } = await import('../open-rooms.ts');
  const place = { version, node: process.version, dataFolder, keyFile };
  if (!hasDatabase({ dataFolder, keyFile, ...config })) {
    const data = {
      ...place,
      database: 'none',
      pid: null,
      postgres: null,
      keyFingerprint: null,
      organizations: [],
      posture: null,
    };
    return {
      data,
      lines: factLines([
        [say.names.version, version],
        [say.names.database, say.database.none],
        [say.names.dataFolder, dataFolder],
      ]),
    };
  }
  const { lubart, mode, pid } = await context.open();
  const [{ gatherPosture }, { countOrganization, readPostgresVersion }] = await Promise.all([
    import('../gather-posture.ts'),
    import('../count-organization.ts'),
  ]);
  const organizations = await Promise.all((await lubart.organizations()).map((id) => countOrganization(lubart, id)));
  const checks = await gatherPosture(lubart);
  const failed = checks.filter(({ ok }) => !ok).map(({ id }) => id);
  const keyFingerprint = lubart.keyring.root.fingerprint;
  const postgres = await readPostgresVersion(lubart);
  const posture = { ok: failed.length === 0, passed: checks.length - failed.length, failed };
  const data = { ...place, database: mode, pid, postgres, keyFingerprint, organizations, posture };
  const state = pid === null ? say.database[mode] : `${say.database[mode]} (${pid})`;
  const said = {
    version,
    node: process.version,
    postgres,
    database: state,
    dataFolder,
    keyFile,
    keyFingerprint,
    organizations: organizations.length,
  };
  const facts = Object.entries(said).map(
    ([name, value]) => [say.names[name as keyof typeof say.names], value] as const,
  );
  const counts = organizations.flatMap(({ id, name, createdAt: _, ...numbers }) => [
    '',
    ...factLines([
      [name, id],
      ...Object.entries(numbers).map(
        ([what, number]) => [say.counts[what as keyof typeof say.counts], number] as const,
      ),
    ]),
  ]);
  return {
    data,
    lines: [
      ...factLines([...facts, [say.names.posture, say.checks(posture.passed, failed.length)]]),
      ...failed.map((id) => `✖ ${id}`),
      ...counts,
    ],
  };
}

export const statusActions: readonly Action[] = [
  {
    words: ['status'],
    operands: [],
    options: {},
    summary: {
      uk: 'Версії, місця, кількості, стан захистів',
      en: 'Versions, places, counts, state of the protections',
    },
    run: status,
  },
];
