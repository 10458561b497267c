import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Icon } from '../shared/icon.tsx';

interface ModalProps {
  readonly title: string;
  readonly onClose: () => void;
  /** Whether the dialog must stay open, for example until a request is answered. Default: false. */
  readonly isBusy?: boolean;
  readonly children: ComponentChildren;
}

/** A modal dialog. Esc closes it, unless it is busy. */
export function Modal({ title, onClose, isBusy = false, children }: ModalProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog
      class="modal"
      ref={dialog}
      aria-labelledby="modal-title"
      // If Esc is pressed twice, browsers close the dialog although this prevents it. So `onClose` opens it again.
      onCancel={(event) => isBusy && event.preventDefault()}
      onClose={() => (isBusy ? dialog.current?.showModal() : onClose())}
    >
      <header>
        <h2 id="modal-title">{title}</h2>
        <button
          type="button"
          class="icon-button"
          aria-label="Close"
          disabled={isBusy}
          onClick={() => dialog.current?.close()}
        >
          <Icon name="close" />
        </button>
      </header>
      {children}
    </dialog>
  );
}
