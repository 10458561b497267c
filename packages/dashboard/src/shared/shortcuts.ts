import { type Signal, signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { storedText, storeText } from './storage.ts';

/** What keys do, by the name of the key (`KeyboardEvent.key`). */
export type Shortcuts = Readonly<Record<string, () => void>>;

const storageName = 'user-activity.character-keys';

/** Whether keys of one character do something. People who speak to their computer, or hit keys by accident, switch them off (WCAG 2.1.4). */
export const hasCharacterKeys: Signal<boolean> = signal(storedText(storageName) !== 'off');

/** Switches the keys of one character on or off. The choice lasts. */
export function setCharacterKeys(isOn: boolean): void {
  hasCharacterKeys.value = isOn;
  storeText(storageName, isOn ? undefined : 'off');
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** Returns whether a key already has a meaning for the element that has the focus. */
const isTaken = ({ key, target }: KeyboardEvent): boolean =>
  key === 'Enter' && target instanceof Element && target.closest('a, button, summary') !== null;

/** Runs a function when its key is pressed, unless somebody types, a dialog is open, or a modifier is pressed. */
export function useShortcuts(shortcuts: Shortcuts): void {
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key.length === 1 && !hasCharacterKeys.peek()) return;
      if (isTyping(event.target) || isTaken(event) || document.querySelector('dialog[open]') !== null) return;
      const run = Object.hasOwn(latest.current, event.key) ? latest.current[event.key] : undefined;
      if (run === undefined) return;
      event.preventDefault();
      run();
    };
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  }, []);
}
