/**
 * The tree itself. What is dragged says where it hovers, for ears too; what may not be put down somewhere is not put down. From the
 * keyboard: Space takes, arrows go from department to department, Space puts down, Escape lets go.
 */
import type { DragEndEvent, KeyboardCoordinateGetter } from '@dnd-kit/core';
import {
  DndContext,
  DragOverlay,
  KeyboardSensor,
  PointerSensor,
  pointerWithin,
  rectIntersection,
  useSensor,
  useSensors,
} from '@dnd-kit/core';
import { useState } from 'react';
import { useCan } from '../../app/session.tsx';
import type { DepartmentView, PersonView } from '../../contract.ts';
import { useTranslation } from '../../i18n/index.ts';
import { DepartmentNode } from './DepartmentNode.tsx';
import type { Act } from './DepartmentsPage.tsx';
import classes from './departments.module.css';
import type { Dragged } from './tree.ts';
import { growTree, mayDrop } from './tree.ts';

type DepartmentTreeProps = {
  departments: readonly DepartmentView[];
  people: readonly PersonView[];
  withPeople: boolean;
  onAct: (act: Act) => void;
};

/** To the department above or below the place where the dragged one hovers. */
const fromDepartmentToDepartment: KeyboardCoordinateGetter = (event, { currentCoordinates, context }) => {
  const step = event.code === 'ArrowDown' ? 1 : event.code === 'ArrowUp' ? -1 : 0;
  if (step === 0) return undefined;
  event.preventDefault();
  const places = context.droppableContainers
    .getEnabled()
    .flatMap(({ id }) => {
      const rect = context.droppableRects.get(id);
      return rect === undefined ? [] : [rect];
    })
    .toSorted((a, b) => a.top - b.top);
  const next =
    step === 1
      ? places.find(({ top }) => top > currentCoordinates.y + 2)
      : places.findLast(({ top }) => top < currentCoordinates.y - 2);
  return next === undefined ? currentCoordinates : { x: next.left, y: next.top };
};

export function DepartmentTree({ departments, people, withPeople, onAct }: DepartmentTreeProps) {
  const { t } = useTranslation();
  const can = useCan();
  const [dragged, setDragged] = useState<Dragged | null>(null);
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const sensors = useSensors(
    useSensor(PointerSensor, { activationConstraint: { distance: 5 } }),
    useSensor(KeyboardSensor, { coordinateGetter: fromDepartmentToDepartment }),
  );
  const nameOf = (id: unknown) => departments.find((one) => one.id === id)?.name ?? '';
  const draggedOf = (event: { active: { data: { current?: unknown } } }) => event.active.data.current as Dragged;
  const drop = ({ over, ...event }: DragEndEvent) => {
    setDragged(null);
    const what = draggedOf(event);
    const to = departments.find(({ id }) => id === over?.id);
    if (to === undefined || !mayDrop(departments, what, to.id)) return;
    if (what.kind === 'department') {
      onAct({ kind: 'move', department: departments.find(({ id }) => id === what.id)!, to });
    } else {
      onAct({ kind: 'movePerson', person: people.find(({ id }) => id === what.id)!, to: to.id });
    }
  };
  const fold = (id: string) => {
    const next = new Set(folded);
    if (!next.delete(id)) next.add(id);
    setFolded(next);
  };
  return (
    <DndContext
      sensors={sensors}
      collisionDetection={(given) => {
        const under = pointerWithin(given);
        return under.length > 0 ? under : rectIntersection(given);
      }}
      onDragStart={(event) => setDragged(draggedOf(event))}
      onDragCancel={() => setDragged(null)}
      onDragEnd={drop}
      accessibility={{
        screenReaderInstructions: { draggable: t('departments.dragHelp') },
        announcements: {
          onDragStart: (event) => t('departments.dragTaken', { name: draggedOf(event).name }),
          onDragOver: ({ over }) =>
            over === null ? t('departments.dragNowhere') : t('departments.dragOver', { name: nameOf(over.id) }),
          onDragEnd: ({ over }) =>
            over === null ? t('departments.dragLeft') : t('departments.dragPut', { name: nameOf(over.id) }),
          onDragCancel: () => t('departments.dragLeft'),
        },
      }}
    >
      <ul className={classes['tree']} aria-label={t('people.tree')}>
        {growTree(departments, people).map((node) => (
          <DepartmentNode
            key={node.department.id}
            node={node}
            withPeople={withPeople}
            folded={folded}
            onFold={fold}
            onAct={onAct}
            mayChange={can('department.update')}
            mayMovePeople={can('person.leave')}
            isForbidden={(id) => dragged !== null && !mayDrop(departments, dragged, id)}
          />
        ))}
      </ul>
      <DragOverlay dropAnimation={null}>
        {dragged !== null && <div className={classes['flying']}>{dragged.name}</div>}
      </DragOverlay>
    </DndContext>
  );
}
