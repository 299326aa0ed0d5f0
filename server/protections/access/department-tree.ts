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

/** The department and all above it, up to the company. */
export function lineOf(nodes: readonly Node[], id: string): string[] {
  const line: string[] = [];
  for (let at = nodes.find((node) => node.id === id); at !== undefined && !line.includes(at.id);) {
    line.push(at.id);
    const above = at.parent_id;
    at = nodes.find((node) => node.id === above);
  }
  return line;
}

/** Whether hanging `id` under `parentId` would close a ring. */
export function makesRing(nodes: readonly Node[], id: string, parentId: string): boolean {
  return branchOf(nodes, id).includes(parentId);
}
