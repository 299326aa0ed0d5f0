/**
 * What each protection proves about itself. A check asks the running system, never the source or a setting that merely says so,
 * and answers with evidence that holds nothing personal.
 */

export type PostureCheck = {
  id: string;
  /** 1–10, as in the mission. */
  protection: number;
  /** One sentence that is true when the check passes. */
  promise: string;
  run(): Promise<{ ok: boolean; evidence: Record<string, string | number | boolean> }>;
};

export type PostureResult = {
  id: string;
  protection: number;
  promise: string;
  ok: boolean;
  evidence: Record<string, string | number | boolean>;
};

/** Runs every check, one after another. A check that throws has not proved its promise: it counts as failed. */
export async function runPosture(checks: readonly PostureCheck[]): Promise<PostureResult[]> {
  const results: PostureResult[] = [];
  for (const { id, protection, promise, run } of checks) {
    const answer = await run().catch((error: unknown) => ({
      ok: false,
      evidence: { error: error instanceof Error ? error.name : typeof error },
    }));
    results.push({ id, protection, promise, ...answer });
  }
  return results;
}
