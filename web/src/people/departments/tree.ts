/** The tree as the screen draws it: pure, so that dragging and counting can be tried without a browser. */
import type { DepartmentView, PersonView } from '../../contract.ts';
import { compareNames } from '../../contract.ts';

export type TreeNode = {
  department: DepartmentView;
  depth: number;
  children: TreeNode[];
  people: PersonView[];
  /** Active people here and in all departments below. */
  peopleBelow: number;
};

/** Departments whose parent is not known stand at the top. */
export function growTree(departments: readonly DepartmentView[], people: readonly PersonView[]): TreeNode[] {
  const ids = new Set(departments.map(({ id }) => id));
  const parentOf = ({ parentId }: DepartmentView) => (parentId !== null && ids.has(parentId) ? parentId : null);
  const grow = (parentId: string | null, depth: number): TreeNode[] =>
    departments
      .filter((one) => parentOf(one) === parentId)
      .toSorted((a, b) => compareNames(a.name, b.name))
      .map((department) => {
        const children = grow(department.id, depth + 1);
        const leads = (person: PersonView) => department.heads.some(({ personId }) => personId === person.id);
        const here = people
          .filter((person) => person.active && person.departmentId === department.id)
          .toSorted((a, b) => Number(leads(b)) - Number(leads(a)) || compareNames(a.name, b.name));
        const peopleBelow = children.reduce((sum, child) => sum + child.peopleBelow, department.peopleCount);
        return { department, depth, children, people: here, peopleBelow };
      });
  return grow(null, 0);
}

/** The department and everything below it: none of them can become its parent. */
export function branchOf(departments: readonly DepartmentView[], id: string): Set<string> {
  const branch = new Set([id]);
  for (let size = 0; size !== branch.size;) {
    size = branch.size;
    for (const one of departments) if (one.parentId !== null && branch.has(one.parentId)) branch.add(one.id);
  }
  return branch;
}

/** What is being dragged, and where it may be put down. */
export type Dragged = { kind: 'department' | 'person'; id: string; name: string; from: string | null };

export function mayDrop(departments: readonly DepartmentView[], dragged: Dragged, onto: string): boolean {
  if (dragged.from === onto) return false;
  return dragged.kind === 'person' || !branchOf(departments, dragged.id).has(onto);
}

/** Who may lead a department: whoever works in it or in one above it. */
export function mayLead(
  departments: readonly DepartmentView[],
  people: readonly PersonView[],
  department: DepartmentView,
): PersonView[] {
  const line = new Set<string>();
  for (let at: DepartmentView | undefined = department; at !== undefined && !line.has(at.id);) {
    line.add(at.id);
    const above: string | null = at.parentId;
    at = departments.find(({ id }) => id === above);
  }
  return people
    .filter((person) => person.active && line.has(person.departmentId))
    .toSorted((a, b) => compareNames(a.name, b.name));
}
