/** What the order and the tree of the log prove in the running system. */
import { findIn, leafHash, rootOf, same, subtreesOfRoot } from '#contract/tlog';
import type { Database } from '#database';
import type { Clock } from '#kernel';
import { systemReach } from '#protections/encryption';
import type { PostureCheck } from '#protections/posture';
import { edgeTiles } from './grow-tree.ts';
import { sha256 } from './hash.ts';
import { isIndexWhole, readIndexState } from './index-entries.ts';
import type { HeadFile } from './head-file.ts';
import type { LogKey } from './log-key.ts';
import { standsIn } from './stands-in.ts';
import { countWithoutPlace, entriesAt, findTiles, newestCheckpoint, oldestSignedAt } from './tree-store.ts';
import type { VerifiedFile } from './verified-file.ts';
import { readSigned } from './verify-log.ts';

export type TreePostureDeps = {
  database: Database;
  logKey: LogKey;
  clock: Clock;
  organizations: () => Promise<string[]>;
  /** Heads that are remembered outside the database. */
  heads?: Pick<HeadFile, 'read'>;
  /** What the last verification of each log found. */
  verified?: Pick<VerifiedFile, 'read'>;
};

/** An entry gets its place within a second; this much later something stands still. */
const placeSecondsMax = 30;
/** The newest entries of each organization that are hashed anew. */
const sampleEntries = 200;
/** Logs are verified every night; a night that was missed and a slow start leave room. */
const verifiedHoursMax = 36;
const hour = 3_600_000;

export function treePosture(deps: TreePostureDeps): PostureCheck[] {
  const { database, logKey, clock, organizations, heads, verified } = deps;
  return [
    {
      id: 'audit-log.sealed_in_order',
      protection: 8,
      promise:
        'Every entry gets its place in the tree within seconds, the newest head is signed and is that of the tree, and the log has only grown since the head that is remembered outside the database',
      run: async () => {
        const evidence = { organizations: 0, withoutPlace: 0, headsWrong: 0, changed: 0, rememberedLost: 0 };
        const remembered = await heads?.read();
        const before = new Date(clock.now().getTime() - placeSecondsMax * 1000);
        for (const id of await organizations()) {
          evidence.organizations += 1;
          const note = remembered?.get(id);
          if (note !== undefined && !(await standsIn(database, id, note))) evidence.rememberedLost += 1;
          await database.read(systemReach(id), async (tx) => {
            evidence.withoutPlace += await countWithoutPlace(tx, id, before);
            const head = await newestCheckpoint(tx, id);
            if (head === undefined) return;
            const signed = readSigned(head, logKey.keyOf(id));
            const edge = await findTiles(tx, id, edgeTiles(head.size));
            const find = findIn(
              sha256,
              (at) => edge.find((one) => one.level === at.level && one.index === at.index)?.hashes,
            );
            const isRoot =
              signed !== undefined && subtreesOfRoot(head.size).length > 0 && hasRoot(head.size, find, signed.root);
            if (!isRoot) evidence.headsWrong += 1;
            const rows = await entriesAt(tx, id, Math.max(0, head.size - sampleEntries), head.size);
            for (const { position, bytes } of rows) {
              const tile = edge.find((one) => one.level === 0 && one.index === Math.floor(position / 256));
              if (tile === undefined) continue;
              const at = (position % 256) * 32;
              const isSame = bytes !== null && same(leafHash(sha256, bytes), tile.hashes.subarray(at, at + 32));
              if (!isSame) evidence.changed += 1;
            }
          });
        }
        const { withoutPlace, headsWrong, changed, rememberedLost } = evidence;
        return { ok: withoutPlace + headsWrong + changed + rememberedLost === 0, evidence };
      },
    },
    {
      id: 'audit-log.verified_lately',
      protection: 8,
      promise:
        'Every log was verified as a whole within a day and a half and nothing was found, and the head up to which it was verified still stands in it',
      run: async () => {
        const evidence = { organizations: 0, never: 0, late: 0, withFindings: 0, headLost: 0, hoursSinceMax: 0 };
        const known = await verified?.read();
        const hoursSince = (at: Date) => Math.floor((clock.now().getTime() - at.getTime()) / hour);
        for (const id of await organizations()) {
          evidence.organizations += 1;
          const last = known?.get(id);
          if (last === undefined) {
            const begun = await database.read(systemReach(id), (tx) => oldestSignedAt(tx, id));
            if (begun !== null && hoursSince(begun) > verifiedHoursMax) evidence.never += 1;
            continue;
          }
          const hours = hoursSince(new Date(last.at));
          evidence.hoursSinceMax = Math.max(evidence.hoursSinceMax, hours);
          if (hours > verifiedHoursMax) evidence.late += 1;
          if (last.findings > 0) evidence.withFindings += 1;
          if (last.note !== null && !(await standsIn(database, id, last.note))) evidence.headLost += 1;
        }
        const { never, late, withFindings, headLost } = evidence;
        return { ok: never + late + withFindings + headLost === 0, evidence };
      },
    },
    {
      id: 'audit-log.index_complete',
      protection: 8,
      promise:
        'Every entry is found by the index of the log or is so new that it is found without, and the newest of the index say what their entries say',
      run: async () => {
        const evidence = { entries: 0, indexed: 0, fresh: 0, ahead: 0, different: 0 };
        let ok = true;
        for (const id of await organizations()) {
          const one = await readIndexState(database, id);
          for (const name of Object.keys(evidence) as (keyof typeof evidence)[]) evidence[name] += one[name];
          ok &&= isIndexWhole(one);
        }
        return { ok, evidence };
      },
    },
  ];
}

function hasRoot(size: number, find: Parameters<typeof rootOf>[2], root: Uint8Array): boolean {
  try {
    return same(rootOf(sha256, size, find), root);
  } catch {
    return false;
  }
}
