/**
 * A table that draws only the rows in view, so that a hundred thousand scroll as smoothly as ten. One row is in the tab
 * order at a time; arrows move between rows, Enter opens. On a narrow screen a row becomes two lines.
 */
import { useVirtualizer } from '@tanstack/react-virtual';
import type { KeyboardEvent, ReactNode } from 'react';
import { memo, useEffect, useId, useLayoutEffect, useRef, useState } from 'react';
import classes from './VirtualTable.module.css';

export type TableColumn<Row> = {
  id: string;
  label: string;
  /** Pixels at the least. */
  width: number;
  grow?: number;
  render: (row: Row) => ReactNode;
};

export type ColumnSort = { sorted: 'ascending' | 'descending' | 'none'; onSort: () => void };

type VirtualTableProps<Row> = {
  label: string;
  /** The same array from rendering to rendering, or every row is drawn anew. */
  columns: TableColumn<Row>[];
  /** By which columns the list can be ordered, and how it is. */
  sortOf?: (id: string) => ColumnSort | undefined;
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  onOpen: (row: Row) => void;
  /** Rows that are chosen, while some can be; Space chooses the row, or takes it off. */
  isMarked?: ((row: Row) => boolean) | undefined;
  /** Rows there are, when it is known. */
  total?: number | undefined;
  hasMore?: boolean;
  onMore?: () => void;
  moreLabel: string;
  endLabel: string;
  rowClass?: (row: Row) => string | undefined;
  renderNarrow: (row: Row) => ReactNode;
  narrow: boolean;
  /** Where the list was scrolled to when it was left. */
  place?: { offset: number; active: number };
  hint: string;
};

const sortArrows = { ascending: ' ↑', descending: ' ↓', none: '' } as const;
const rowHeight = 40;
const narrowRowHeight = 62;
const headHeight = 36;

type RowProps<Row> = {
  row: Row;
  index: number;
  start: number;
  height: number;
  active: boolean;
  columns: TableColumn<Row>[];
  template: string;
  narrow: ReactNode | undefined;
  rowClass: string | undefined;
  marked: boolean | undefined;
};

function TableRow<Row>({
  row,
  index,
  start,
  height,
  active,
  columns,
  template,
  narrow,
  rowClass,
  marked,
}: RowProps<Row>) {
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      data-index={index}
      aria-selected={marked}
      tabIndex={active ? 0 : -1}
      className={`${classes['row']} ${rowClass ?? ''}`}
      style={{
        transform: `translateY(${start}px)`,
        height,
        gridTemplateColumns: narrow === undefined ? template : '1fr',
      }}
    >
      {narrow === undefined ? (
        columns.map((column) => (
          <div role="gridcell" key={column.id} className={classes['cell']}>
            {column.render(row)}
          </div>
        ))
      ) : (
        <div role="gridcell" className={classes['narrowCell']}>
          {narrow}
        </div>
      )}
    </div>
  );
}
const MemoRow = memo(TableRow) as typeof TableRow;

export function VirtualTable<Row>(props: VirtualTableProps<Row>) {
  const { rows, columns, narrow, hasMore = false, onMore, place } = props;
  const hintId = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(place?.active ?? 0);
  const moved = useRef(false);
  const height = narrow ? narrowRowHeight : rowHeight;
  // Its answers change without its props changing; nothing here is memoised on it.
  // oxlint-disable-next-line react/incompatible-library
  const virtualizer = useVirtualizer({
    count: rows.length + 1,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 12,
    scrollMargin: narrow ? 0 : headHeight,
    initialOffset: place?.offset ?? 0,
  });
  const items = virtualizer.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;

  useEffect(() => virtualizer.measure(), [virtualizer, height]);
  useEffect(() => {
    if (hasMore && last >= rows.length - 80) onMore?.();
  }, [hasMore, last, rows.length, onMore]);
  useEffect(() => {
    if (place === undefined) return undefined;
    const element = scroller.current;
    const keep = () => {
      place.offset = element?.scrollTop ?? 0;
    };
    element?.addEventListener('scroll', keep, { passive: true });
    return () => element?.removeEventListener('scroll', keep);
  }, [place]);
  useLayoutEffect(() => {
    if (!moved.current) return;
    // A row far away is drawn only after the scroll: until then the next rendering tries again.
    const row = scroller.current?.querySelector<HTMLElement>(`[data-index="${active}"]`);
    if (row === null || row === undefined) return;
    moved.current = false;
    if (place !== undefined) place.active = active;
    row.focus({ preventScroll: true });
  });

  const moveTo = (index: number) => {
    const next = Math.max(0, Math.min(rows.length - 1, index));
    moved.current = true;
    setActive(next);
    virtualizer.scrollToIndex(next, { align: 'auto' });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const target = event.target as HTMLElement;
    const onRow = target.getAttribute('role') === 'row';
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 400) / height) - 2);
    const moves: Record<string, number> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + page,
      PageUp: active - page,
      Home: 0,
      End: rows.length - 1,
    };
    const to = moves[event.key];
    if (to !== undefined && target.closest('[role="row"]') !== null) {
      event.preventDefault();
      moveTo(to);
    } else if ((event.key === 'Enter' || (event.key === ' ' && props.isMarked !== undefined)) && onRow) {
      event.preventDefault();
      const row = rows[active];
      if (row !== undefined) props.onOpen(row);
    }
  };
  const indexOf = (target: EventTarget) =>
    (target as HTMLElement).closest<HTMLElement>('[data-index]')?.dataset['index'];
  const template = columns.map((column) => `minmax(${column.width}px, ${column.grow ?? 0.4}fr)`).join(' ');
  const width = columns.reduce((sum, column) => sum + column.width, 0) + 24;

  return (
    <div
      ref={scroller}
      className={classes['scroller']}
      role="grid"
      aria-label={props.label}
      aria-describedby={hintId}
      aria-multiselectable={props.isMarked === undefined ? undefined : true}
      tabIndex={-1}
      aria-rowcount={props.total === undefined || hasMore ? -1 : rows.length + 1}
      aria-colcount={narrow ? 1 : columns.length}
      onKeyDown={onKeyDown}
      onFocus={(event) => {
        const index = indexOf(event.target);
        if (index !== undefined && Number(index) !== active) setActive(Number(index));
      }}
      onClick={(event) => {
        if ((event.target as HTMLElement).closest('a, button') !== null || getSelection()?.toString() !== '') return;
        const row = rows[Number(indexOf(event.target) ?? -1)];
        if (row !== undefined) props.onOpen(row);
      }}
    >
      <span id={hintId} hidden>
        {props.hint}
      </span>
      <div
        role="rowgroup"
        className={narrow ? classes['hiddenHead'] : classes['head']}
        style={narrow ? {} : { minWidth: width }}
      >
        <div
          role="row"
          aria-rowindex={1}
          className={classes['headRow']}
          style={{ gridTemplateColumns: narrow ? '1fr' : template }}
        >
          {(narrow ? columns.slice(0, 1) : columns).map((column) => {
            const sort = narrow ? undefined : props.sortOf?.(column.id);
            return (
              <div
                role="columnheader"
                key={column.id}
                className={classes['headCell']}
                {...(sort !== undefined && { 'aria-sort': sort.sorted })}
              >
                {sort === undefined ? (
                  column.label
                ) : (
                  <button type="button" onClick={sort.onSort}>
                    {column.label}
                    <span aria-hidden>{sortArrows[sort.sorted]}</span>
                  </button>
                )}
              </div>
            );
          })}
        </div>
      </div>
      <div
        role="rowgroup"
        className={classes['body']}
        style={{ height: virtualizer.getTotalSize(), minWidth: narrow ? 0 : width }}
      >
        {items.map((item) => {
          const row = rows[item.index];
          const start = item.start - (narrow ? 0 : headHeight);
          if (row === undefined) {
            return (
              <div
                key="end"
                role="row"
                aria-rowindex={item.index + 2}
                className={classes['end']}
                style={{ transform: `translateY(${start}px)`, height }}
              >
                <div role="gridcell">{hasMore ? props.moreLabel : props.endLabel}</div>
              </div>
            );
          }
          return (
            <MemoRow
              key={props.keyOf(row)}
              row={row}
              index={item.index}
              start={start}
              height={height}
              active={item.index === active}
              columns={columns}
              template={template}
              narrow={narrow ? props.renderNarrow(row) : undefined}
              rowClass={props.rowClass?.(row)}
              marked={props.isMarked?.(row)}
            />
          );
        })}
      </div>
    </div>
  );
}
