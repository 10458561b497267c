import type { Activity } from '@user-activity/client';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../shared/icon.tsx';
import { preview } from '../shared/preview.ts';
import { useShortcuts } from '../shared/shortcuts.ts';
import { formatMoment, timeZone } from '../shared/time-format.ts';
import { useRowHeight } from '../shared/use-row-height.ts';
import { Value } from '../shared/value.tsx';
import { VirtualList } from '../shared/virtual-list.tsx';
import './activity-table.css';

interface ActivityTableProps {
  readonly rows: readonly Activity[];
  /** Identifies the query. When it changes, the table scrolls to its top. */
  readonly version: string;
  /** The id of the activity whose details are open. */
  readonly openId: string | undefined;
  readonly onOpen: (id: string) => void;
  /** Called when the last rows become visible, to load more. */
  readonly onEnd: () => void;
  readonly order: 'asc' | 'desc';
  readonly onOrder: (order: 'asc' | 'desc') => void;
  /** Returns the CSS color of a type. */
  readonly colorOf: (type: string) => string;
}

/** A table of activities. Only visible rows are in the DOM. */
export function ActivityTable({
  rows,
  version,
  openId,
  onOpen,
  onEnd,
  order,
  onOrder,
  colorOf,
}: ActivityTableProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState<number | undefined>();
  const { isNarrow, rowHeight } = useRowHeight();
  // Somebody may press keys faster than the table renders, so the state may be old.
  const latest = useRef(active);
  const activate = (index: number): void => {
    latest.current = index;
    setActive(index);
  };
  useEffect(() => {
    latest.current = undefined;
    setActive(undefined);
    scroller.current?.scrollTo(0, 0);
  }, [version]);
  const move = (by: number): void => {
    const next = latest.current === undefined ? 0 : latest.current + by;
    const index = Math.max(0, Math.min(rows.length - 1, next));
    activate(index);
    const id = rows[index]?.id;
    // If the details of an activity are open, show those of the next row instead.
    if (openId !== undefined && id !== undefined) onOpen(id);
  };
  const openActive = (): void => {
    const id = rows[latest.current ?? -1]?.id;
    if (id !== undefined) onOpen(id);
  };
  // The keys j and k work without the focus. The keys of `onKeyDown` need it, because elsewhere they scroll or press buttons.
  const moveFrom = (by: number) => (): void => {
    scroller.current?.focus({ preventScroll: true });
    move(by);
  };
  useShortcuts({ j: moveFrom(1), k: moveFrom(-1) });
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && event.target === event.currentTarget) openActive();
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: 15,
      PageUp: -15,
      Home: -rows.length,
      End: rows.length,
    };
    const step = Object.hasOwn(steps, event.key) ? steps[event.key] : undefined;
    if (step === undefined) return;
    move(step);
    event.preventDefault();
  };
  return (
    <div
      class={`activity-table ${isNarrow ? 'narrow' : ''}`}
      ref={scroller}
      role="grid"
      aria-label="Activities"
      aria-rowcount={-1}
      aria-activedescendant={active === undefined ? undefined : `row-${active}`}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <div class="activity-head" role="row">
        <span role="columnheader" aria-sort={order === 'asc' ? 'ascending' : 'descending'}>
          <button
            type="button"
            class="sort-button"
            title={`Times are in ${timeZone}`}
            onClick={() => onOrder(order === 'asc' ? 'desc' : 'asc')}
          >
            Time
            <span class={order} aria-hidden="true">
              <Icon name="chevron" />
            </span>
          </button>
        </span>
        {['Type', 'User', 'Metadata'].map((title) => (
          <span key={title} role="columnheader">
            {title}
          </span>
        ))}
      </div>
      <VirtualList
        count={rows.length}
        rowHeight={rowHeight}
        scroller={scroller}
        activeIndex={active}
        onEnd={onEnd}
        row={(index, top) => {
          const activity = rows[index];
          if (activity === undefined) return null;
          const moment = formatMoment(activity.createdAt);
          return (
            <div
              key={activity.id}
              id={`row-${index}`}
              class="activity-row"
              role="row"
              aria-rowindex={index + 2}
              aria-selected={activity.id === openId}
              data-active={index === active ? '' : undefined}
              style={{ transform: `translateY(${top}px)` }}
              onClick={() => {
                activate(index);
                onOpen(activity.id);
              }}
            >
              <span class="cell-time" role="gridcell">
                <span>{moment.day}</span> {moment.time}
              </span>
              <span class="cell-type" role="gridcell">
                <i style={{ background: colorOf(activity.type) }} />
                <bdi>
                  <Value text={activity.type} />
                </bdi>
              </span>
              <span class="cell-user" role="gridcell" dir="auto">
                <Value text={activity.userId} />
              </span>
              <span class="cell-preview" role="gridcell" dir="auto">
                <Value text={preview(activity.metadata)} isMultiline />
              </span>
            </div>
          );
        }}
      />
    </div>
  );
}
