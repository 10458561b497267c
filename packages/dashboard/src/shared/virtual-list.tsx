import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
  type VirtualizerOptions,
} from '@tanstack/virtual-core';
import type { ComponentChildren, RefObject } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

interface VirtualListProps {
  readonly count: number;
  /** The height of each row in px. */
  readonly rowHeight: number;
  /** The element that scrolls. */
  readonly scroller: RefObject<HTMLElement | null>;
  /** Renders a row. It must be positioned `top` px below the start of the list. */
  readonly row: (index: number, top: number) => ComponentChildren;
  /** The row that must be visible. The list scrolls to it when it changes. */
  readonly activeIndex?: number | undefined;
  /** Called when the last rows become visible. */
  readonly onEnd?: () => void;
}

/** The number of invisible rows that are rendered before and after the visible ones. */
const overscan = 12;

/** A long list that renders only its visible rows. */
export function VirtualList({ count, rowHeight, scroller, row, activeIndex, onEnd }: VirtualListProps) {
  const [, render] = useState(0);
  const options: VirtualizerOptions<HTMLElement, Element> = {
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
    overscan,
    onChange: () => render((times) => times + 1),
  };
  const held = useRef<Virtualizer<HTMLElement, Element>>(undefined);
  held.current ??= new Virtualizer(options);
  const virtualizer = held.current;
  virtualizer.setOptions(options);
  useLayoutEffect(() => virtualizer._didMount(), []);
  useLayoutEffect(() => virtualizer._willUpdate());
  useLayoutEffect(() => virtualizer.measure(), [rowHeight]);
  useLayoutEffect(() => {
    if (activeIndex !== undefined && activeIndex < count)
      virtualizer.scrollToIndex(activeIndex, { align: 'auto' });
  }, [activeIndex]);
  const items = virtualizer.getVirtualItems();
  const last = items.at(-1)?.index ?? -1;
  const isAtEnd = last >= count - overscan;
  useLayoutEffect(() => {
    if (isAtEnd && count > 0) onEnd?.();
  }, [isAtEnd, count]);
  return (
    <div class="virtual-list" role="presentation" style={{ height: `${virtualizer.getTotalSize()}px` }}>
      {items.map(({ index, start }) => row(index, start))}
    </div>
  );
}
