import { type Signal, signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { storedText, storeText } from './storage.ts';

/** Maps the names of keys (`KeyboardEvent.key`) to the functions that they run. */
export type Shortcuts = Readonly<Record<string, () => void>>;

const storageName = 'user-activity.character-keys';

/**
 * Whether single-character shortcuts work. People can switch them off (WCAG 2.1.4), because speech input or a slip of the hand may trigger
 * them.
 */
export const hasCharacterKeys: Signal<boolean> = signal(storedText(storageName) !== 'off');

/** Switches single-character shortcuts on or off. The browser remembers the choice. */
export function setCharacterKeys(isOn: boolean): void {
  hasCharacterKeys.value = isOn;
  storeText(storageName, isOn ? undefined : 'off');
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** Returns true if the focused element itself reacts to the key: Enter presses a link or a button. */
const isUsedByElement = ({ key, target }: KeyboardEvent): boolean =>
  key === 'Enter' && target instanceof Element && target.closest('a, button, summary') !== null;

/** Runs a shortcut's function when its key is pressed, unless the focus is in a text field, a dialog is open, or a modifier is pressed. */
export function useShortcuts(shortcuts: Shortcuts): void {
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key.length === 1 && !hasCharacterKeys.peek()) return;
      if (isTyping(event.target) || isUsedByElement(event) || document.querySelector('dialog[open]') !== null)
        return;
      const run = Object.hasOwn(latest.current, event.key) ? latest.current[event.key] : undefined;
      if (run === undefined) return;
      event.preventDefault();
      run();
    };
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  }, []);
}
