/** The department tree as values: pure rules, no storage. */

export type Node = { id: string; parent_id: string | null };

/** The department and all below it. */
export function branchOf(nodes: readonly Node[], id: string): string[] {
  const branch = [id];
  const seen = new Set(branch);
  for (let at = 0; at < branch.length; at += 1) {
    for (const node of nodes) {
      if (node.parent_id !== branch[at] || seen.has(node.id)) continue;
      seen.add(node.id);
      branch.push(node.id);
    }
  }
  return branch;
}

/** Whether hanging `id` under `parentId` would close a ring. */
export function makesRing(nodes: readonly Node[], id: string, parentId: string): boolean {
  return branchOf(nodes, id).includes(parentId);
}
