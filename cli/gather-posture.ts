/** Runs the checks by which the protections prove themselves in the running system. */
import type { PostureResult } from '#protections/posture';
import { runPosture } from '#protections/posture';
import type { Lubart } from '../server/lubart.ts';

/** Every room that has checks hands them to `sign-in` or to Lubart itself; each check is run once. */
export async function gatherPosture(lubart: Lubart): Promise<PostureResult[]> {
  return runPosture([...new Map(lubart.signIn.posture.map((check) => [check.id, check])).values()]);
}
