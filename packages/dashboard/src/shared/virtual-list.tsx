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
  /** Draws a row, which is placed at `top` px. */
  readonly row: (index: number, top: number) => ComponentChildren;
  /** The row that must be in sight. */
  readonly activeIndex?: number | undefined;
  /** Called when the last rows come into sight. */
  readonly onEnd?: () => void;
}

/** The rows before and after the visible ones that exist, too. */
const overscan = 12;

/** Draws only the visible rows of a long list. */
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
