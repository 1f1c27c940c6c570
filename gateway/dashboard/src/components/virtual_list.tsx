// A table of any length: only the rows that are seen are in the page. Arrow keys move, Enter opens.
import { useMediaQuery } from '@mantine/hooks';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react';

export interface Column<Item> {
  name: string;
  // Of a CSS grid: `1fr`, `120px`.
  width: string;
  cell: (item: Item) => ReactNode;
  // Left out on a phone.
  wide?: boolean;
}

const ROW = 44;

export function VirtualList<Item>({ label, items, columns, keyOf, onOpen, onEnd, height = 'calc(100dvh - 300px)' }: {
  label: string;
  items: Item[];
  columns: Column<Item>[];
  keyOf: (item: Item) => string;
  onOpen?: (item: Item) => void;
  // Called when the end comes into sight.
  onEnd?: () => void;
  height?: string;
}) {
  const phone = useMediaQuery('(max-width: 48em)', false, { getInitialValueInEffect: false });
  const shown = phone ? columns.filter(({ wide }) => wide !== true) : columns;
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: items.length, getScrollElement: () => scroller.current, estimateSize: () => ROW, overscan: 12,
  });
  const rows = virtualizer.getVirtualItems();
  const last = rows.at(-1)?.index ?? -1;

  useEffect(() => {
    if (last >= items.length - 50) onEnd?.();
  }, [last, items.length, onEnd]);

  const focusRow = (index: number) => {
    if (index < 0 || index >= items.length) return;
    virtualizer.scrollToIndex(index);
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-index="${index}"]`)?.focus());
  };
  const onKey = (event: KeyboardEvent, index: number, item: Item) => {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 };
    const step = steps[event.key];
    if (step !== undefined) {
      event.preventDefault();
      focusRow(Math.min(items.length - 1, Math.max(0, index + step)));
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      onOpen?.(item);
    }
  };

  const grid = { gridTemplateColumns: shown.map(({ width }) => width).join(' ') };
  return (
    <div ref={scroller} className="virtual" role="table" aria-label={label} aria-rowcount={items.length + 1}
      tabIndex={0} style={{ maxHeight: `max(320px, ${height})` }}>
      <div role="rowgroup" style={{ position: 'sticky', top: 0, zIndex: 1 }}>
        <div role="row" aria-rowindex={1} className="virtual-head" style={grid}>
          {shown.map(({ name }) => <div role="columnheader" key={name}>{name}</div>)}
        </div>
      </div>
      <div role="rowgroup" style={{ height: virtualizer.getTotalSize(), position: 'relative' }}>
        {rows.map((row) => {
          const item = items[row.index]!;
          return (
            <div key={keyOf(item)} role="row" aria-rowindex={row.index + 2} data-index={row.index}
              className="virtual-row" style={{ ...grid, height: ROW, transform: `translateY(${row.start}px)` }}
              {...(onOpen && {
                'data-clickable': true, tabIndex: 0, onClick: () => onOpen(item),
                onKeyDown: (event: KeyboardEvent) => onKey(event, row.index, item),
              })}>
              {shown.map(({ name, cell }) => <div role="cell" key={name}>{cell(item)}</div>)}
            </div>
          );
        })}
      </div>
    </div>
  );
}
