import { useState } from 'preact/hooks';
import { Icon } from '../shared/icon.tsx';
import { Popover } from '../shared/popover.tsx';
import { timeZone } from '../shared/time-format.ts';
import { toInputText, fromInputText, rangeLabel } from './range-text.ts';
import { quickRanges } from './time-range.ts';

interface RangePickerProps {
  readonly from: string;
  readonly to: string;
  readonly onPick: (from: string, to: string) => void;
}

/** A button that shows the time range, with a panel to choose another: one that ends now, or one between two times. */
export function RangePicker({ from, to, onPick }: RangePickerProps) {
  const label = rangeLabel(from, to);
  return (
    <Popover
      name={`Time range: ${label}`}
      label={
        <>
          <Icon name="clock" />
          {label}
          <Icon name="chevron" />
        </>
      }
    >
      {(close) => (
        <>
          {quickRanges.map(([start, title]) => (
            <button
              key={start}
              type="button"
              class="menu-item"
              aria-pressed={start === from && to === ''}
              onClick={() => {
                onPick(start, '');
                close();
              }}
            >
              {title}
            </button>
          ))}
          <CustomRange
            from={from}
            to={to}
            onPick={(start, end) => {
              onPick(start, end);
              close();
            }}
          />
        </>
      )}
    </Popover>
  );
}

function CustomRange({ from, to, onPick }: RangePickerProps) {
  const [first, setFirst] = useState(toInputText(from));
  const [last, setLast] = useState(toInputText(to));
  const [fault, setFault] = useState('');
  const submit = (event: Event): void => {
    event.preventDefault();
    const [start, end] = [fromInputText(first, from), fromInputText(last, to)];
    if (start === '') return setFault('Choose a start.');
    if (end !== '' && Date.parse(end) <= Date.parse(start))
      return setFault('The end must be after the start.');
    return onPick(start, end);
  };
  return (
    <form class="custom-range" onSubmit={submit}>
      <label class="field">
        From
        <input
          type="datetime-local"
          step="1"
          value={first}
          onInput={({ currentTarget }) => setFirst(currentTarget.value)}
        />
      </label>
      <label class="field">
        To (not included)
        <input
          type="datetime-local"
          step="1"
          value={last}
          onInput={({ currentTarget }) => setLast(currentTarget.value)}
        />
      </label>
      <p class="hint">The time zone is {timeZone}.</p>
      {fault !== '' && (
        <p class="fault" role="alert">
          {fault}
        </p>
      )}
      <button type="submit" class="button">
        Apply
      </button>
    </form>
  );
}
