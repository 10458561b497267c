import { useId, useRef, useState } from 'preact/hooks';
import { formatCount } from './time-format.ts';
import { Value } from './value.tsx';
import './token-input.css';

/** A value to choose, with the number of activities that have it. */
export interface Suggestion {
  readonly value: string;
  readonly count: number;
}

interface TokenInputProps {
  readonly label: string;
  readonly placeholder: string;
  /** The id of the input element. Shortcuts use it to focus the input. */
  readonly id: string;
  /** Adds a value. Returns an error message if the text is not valid, and otherwise undefined. */
  readonly onAdd: (text: string) => string | undefined;
  readonly suggestions?: readonly Suggestion[];
  /** Called when the input gets the focus, for example to load the suggestions. */
  readonly onFocus?: () => void;
}

const maxShown = 50;

/** A text input that adds values to a list one by one, with Enter or from suggestions. */
export function TokenInput({ label, placeholder, id, onAdd, suggestions = [], onFocus }: TokenInputProps) {
  const [text, setText] = useState('');
  const [fault, setFault] = useState<string | undefined>();
  const [isOpen, setOpen] = useState(false);
  const [active, setActive] = useState<number | undefined>();
  const listId = useId();
  const input = useRef<HTMLInputElement>(null);
  const needle = text.trim().toUpperCase();
  const shown = suggestions.filter(({ value }) => value.toUpperCase().includes(needle)).slice(0, maxShown);
  const isListOpen = isOpen && shown.length > 0;
  const add = (value: string): void => {
    if (value.trim() === '') return;
    const found = onAdd(value.trim());
    setFault(found);
    if (found !== undefined) return;
    setText('');
    setActive(undefined);
  };
  const move = (by: number): void => {
    setOpen(true);
    setActive(Math.max(0, Math.min(shown.length - 1, (active ?? (by > 0 ? -1 : 0)) + by)));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowDown') move(1);
    else if (event.key === 'ArrowUp') move(-1);
    else if (event.key === 'Enter') add((isListOpen && shown[active ?? -1]?.value) || text);
    else if (event.key === 'Escape' && (isListOpen || text !== '')) {
      setOpen(false);
      setText('');
      setFault(undefined);
    } else if (event.key === 'Escape') input.current?.blur();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div class="token-input">
      <input
        ref={input}
        id={id}
        class="input"
        dir="auto"
        aria-label={label}
        placeholder={placeholder}
        role="combobox"
        aria-expanded={isListOpen}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={isListOpen && active !== undefined ? `${listId}-${active}` : undefined}
        aria-invalid={fault !== undefined}
        aria-describedby={fault === undefined ? undefined : `${listId}-fault`}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        value={text}
        onInput={({ currentTarget }) => {
          setText(currentTarget.value);
          setFault(undefined);
          setOpen(true);
          setActive(undefined);
        }}
        onFocus={() => {
          setOpen(true);
          onFocus?.();
        }}
        onBlur={() => setOpen(false)}
        onKeyDown={onKeyDown}
      />
      {fault !== undefined && (
        <p class="token-fault" id={`${listId}-fault`} role="alert">
          {fault}
        </p>
      )}
      <ul id={listId} role="listbox" aria-label={label} class="suggestions" hidden={!isListOpen}>
        {isListOpen &&
          shown.map(({ value, count }, index) => (
            <li
              key={value}
              id={`${listId}-${index}`}
              role="option"
              aria-selected={index === active}
              // Pressing a suggestion must not take the focus from the input, because that would close the list.
              onPointerDown={(event) => event.preventDefault()}
              onClick={() => add(value)}
            >
              <bdi>
                <Value text={value} />
              </bdi>
              <span>{formatCount(count)}</span>
            </li>
          ))}
      </ul>
    </div>
  );
}
