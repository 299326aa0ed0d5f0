/** Runs the checks by which the protections prove themselves in the running system. */
import type { PostureResult } from '#protections/posture';
import { runPosture } from '#protections/posture';
import type { Lubart } from '../server/lubart.ts';

/** All checks of all protections, in the order of the protections. */
export async function gatherPosture({ posture }: Lubart): Promise<PostureResult[]> {
  return (await runPosture(posture)).toSorted((a, b) => a.protection - b.protection);
}
