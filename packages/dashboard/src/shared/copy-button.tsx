import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from './icon.tsx';
import './copy-button.css';

interface CopyButtonProps {
  readonly label: string;
  /** Returns the text to copy. */
  readonly text: () => string;
}

/**
 * A button that copies a text to the clipboard, and then shows "Copied" for 2 seconds. If the page cannot use the clipboard, it shows the
 * selected text instead, to copy by hand.
 */
export function CopyButton({ label, text }: CopyButtonProps) {
  const [isCopied, setCopied] = useState(false);
  const [shown, setShown] = useState<string | undefined>();
  useEffect(() => {
    if (!isCopied) return undefined;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const copy = async (): Promise<void> => {
    const copied = text();
    try {
      // Browsers give pages a clipboard only on HTTPS and on localhost.
      await navigator.clipboard.writeText(copied);
      setCopied(true);
    } catch {
      setShown(copied);
    }
  };
  return (
    <>
      <button type="button" class="button" onClick={() => void copy()}>
        <Icon name={isCopied ? 'check' : 'copy'} />
        <span aria-live="polite">{isCopied ? 'Copied' : label}</span>
      </button>
      {shown !== undefined && <ManualCopy text={shown} onClose={() => setShown(undefined)} />}
    </>
  );
}

function ManualCopy({ text, onClose }: { readonly text: string; readonly onClose: () => void }) {
  const area = useRef<HTMLTextAreaElement>(null);
  useEffect(() => area.current?.select(), []);
  return (
    <textarea
      ref={area}
      class="copy-by-hand"
      aria-label="The text to copy"
      readOnly
      rows={4}
      value={text}
      onBlur={onClose}
    />
  );
}
