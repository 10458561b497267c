import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import './popover.css';

interface PopoverProps {
  /** The content of the button. */
  readonly label: ComponentChildren;
  /** The name of the button and the panel for screen readers. */
  readonly name: string;
  /** Whether the panel is aligned with the right edge of the button, and not with the left one. Default: false. */
  readonly alignEnd?: boolean;
  /** Renders the content of the panel. `close` closes the panel. */
  readonly children: (close: () => void) => ComponentChildren;
}

/** A button that opens a panel below it. Esc closes the panel, and so does a click or the focus outside of it. */
export function Popover({ label, name, alignEnd = false, children }: PopoverProps) {
  const [isOpen, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!isOpen) return undefined;
    const closeOutside = (event: Event): void => {
      if (event.target instanceof Node && root.current?.contains(event.target) !== true) setOpen(false);
    };
    addEventListener('pointerdown', closeOutside);
    addEventListener('focusin', closeOutside);
    return () => {
      removeEventListener('pointerdown', closeOutside);
      removeEventListener('focusin', closeOutside);
    };
  }, [isOpen]);
  const close = (): void => {
    setOpen(false);
    button.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || !isOpen) return;
    event.preventDefault();
    event.stopPropagation();
    close();
  };
  return (
    <div class="popover" ref={root} onKeyDown={onKeyDown}>
      <button
        type="button"
        class="button"
        ref={button}
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        aria-label={name}
        onClick={() => setOpen(!isOpen)}
      >
        {label}
      </button>
      {isOpen && (
        <div class={`popover-panel ${alignEnd ? 'align-end' : ''}`} role="dialog" aria-label={name}>
          {children(close)}
        </div>
      )}
    </div>
  );
}
