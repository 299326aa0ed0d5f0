/** One department of the tree with its people and what is below it. */
import { ActionIcon, Menu } from '@mantine/core';
import { useDraggable, useDroppable } from '@dnd-kit/core';
import {
  IconChevronDown,
  IconChevronRight,
  IconCrown,
  IconDots,
  IconGripVertical,
  IconPencil,
  IconPlus,
  IconTrash,
} from '@tabler/icons-react';
import { useSession } from '../../app/session.tsx';
import type { PersonView } from '../../contract.ts';
import { useTranslation } from '../../i18n/index.ts';
import { Initials } from '../../ui/Person.tsx';
import type { Act } from './DepartmentsPage.tsx';
import classes from './departments.module.css';
import type { Dragged, TreeNode } from './tree.ts';

type DepartmentNodeProps = {
  node: TreeNode;
  withPeople: boolean;
  folded: ReadonlySet<string>;
  onFold: (id: string) => void;
  onAct: (act: Act) => void;
  mayChange: boolean;
  mayMovePeople: boolean;
  isForbidden: (id: string) => boolean;
};

export function DepartmentNode(props: DepartmentNodeProps) {
  const { node, withPeople, folded, onFold, onAct, mayChange, mayMovePeople, isForbidden } = props;
  const { t } = useTranslation();
  const { department } = node;
  const { id, name } = department;
  const { setNodeRef, isOver } = useDroppable({ id });
  const isFolded = folded.has(id);
  const hasInside = node.children.length > 0 || (withPeople && node.people.length > 0);
  const over = !isOver ? undefined : isForbidden(id) ? 'no' : 'yes';
  return (
    <li>
      <div ref={setNodeRef} className={classes['node']} data-over={over}>
        {mayChange && department.parentId !== null && (
          <Grip dragged={{ kind: 'department', id, name, from: department.parentId }} />
        )}
        <ActionIcon
          variant="subtle"
          color="gray"
          size="md"
          aria-expanded={!isFolded}
          aria-label={t(isFolded ? 'departments.unfold' : 'departments.fold', { name })}
          style={{ visibility: hasInside ? 'visible' : 'hidden' }}
          onClick={() => onFold(id)}
        >
          {isFolded ? <IconChevronRight size={17} aria-hidden /> : <IconChevronDown size={17} aria-hidden />}
        </ActionIcon>
        <span className={classes['name']}>
          <strong>{name}</strong>
          <small>
            {t('people.count', { count: department.peopleCount })}
            {node.children.length > 0 && ` · ${t('departments.below', { count: node.peopleBelow })}`}
            {department.heads.length === 0 && department.parentId !== null && node.peopleBelow > 0 && (
              <> · {t('departments.noHead')}</>
            )}
          </small>
        </span>
        {mayChange && <NodeMenu node={node} onAct={onAct} />}
      </div>
      {!isFolded && hasInside && (
        <ul>
          {withPeople &&
            node.people.map((person) => (
              <PersonLine
                key={person.id}
                person={person}
                heads={department.heads}
                mayMove={mayMovePeople}
                isWithin={department.parentId !== null}
              />
            ))}
          {node.children.map((child) => (
            <DepartmentNode key={child.department.id} {...props} node={child} />
          ))}
        </ul>
      )}
    </li>
  );
}

function NodeMenu({ node, onAct }: { node: TreeNode; onAct: (act: Act) => void }) {
  const { t } = useTranslation();
  const { department } = node;
  const { name } = department;
  const isEmpty = department.peopleCount === 0 && node.children.length === 0;
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('departments.menu', { name })}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<IconCrown size={16} aria-hidden />}
          onClick={() => onAct({ kind: 'heads', department })}
        >
          {t('departments.heads')}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconPlus size={16} aria-hidden />}
          onClick={() => onAct({ kind: 'new', parentId: department.id })}
        >
          {t('departments.addInside')}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconPencil size={16} aria-hidden />}
          onClick={() => onAct({ kind: 'change', department })}
        >
          {t('departments.change')}
        </Menu.Item>
        {department.parentId !== null && (
          <Menu.Item
            color="brick"
            disabled={!isEmpty}
            leftSection={<IconTrash size={16} aria-hidden />}
            onClick={() => onAct({ kind: 'delete', department })}
          >
            {t('people.delete')}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

type PersonLineProps = {
  person: PersonView;
  heads: TreeNode['department']['heads'];
  mayMove: boolean;
  isWithin: boolean;
};

function PersonLine({ person, heads, mayMove, isWithin }: PersonLineProps) {
  const { t } = useTranslation();
  const me = useSession().person.id;
  const { id, name, departmentId } = person;
  const head = heads.find(({ personId }) => personId === id);
  return (
    <li className={classes['person']}>
      {mayMove && id !== me ? (
        <Grip dragged={{ kind: 'person', id, name, from: departmentId }} />
      ) : (
        (mayMove || isWithin) && <span className={classes['space']} />
      )}
      <Initials name={name} size={26} />
      <span className={classes['name']}>
        <span>
          {name}
          {id === me && <span className="quiet"> · {t('common.you')}</span>}
        </span>
        <small>{person.roles.map((role) => role.name).join(', ')}</small>
      </span>
      {head !== undefined && (
        <span className={classes['head']}>
          <IconCrown size={14} aria-hidden />
          {t(head.named ? 'departments.head' : 'departments.headByRole')}
        </span>
      )}
    </li>
  );
}

/** The handle: a button, so that it is reached and named like any other. */
function Grip({ dragged }: { dragged: Dragged }) {
  const { t } = useTranslation();
  const { attributes, listeners, setNodeRef, isDragging } = useDraggable({
    id: `${dragged.kind}/${dragged.id}`,
    data: dragged,
    attributes: { roleDescription: t('departments.draggable') },
  });
  return (
    <button
      ref={setNodeRef}
      type="button"
      className={classes['grip']}
      data-dragging={isDragging || undefined}
      {...attributes}
      {...listeners}
      aria-label={t('departments.drag', { name: dragged.name })}
    >
      <IconGripVertical size={16} aria-hidden />
    </button>
  );
}
