import { useState } from 'preact/hooks';
import { Icon } from '../shared/icon.tsx';
import { Popover } from '../shared/popover.tsx';
import { formatMinute } from '../shared/time-format.ts';
import { quickRanges } from './time-range.ts';

interface RangePickerProps {
  readonly from: string;
  readonly to: string;
  readonly onPick: (from: string, to: string) => void;
}

/** Chooses a range of time: one that ends now, or two times. */
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
  const [first, setFirst] = useState(localText(from));
  const [last, setLast] = useState(localText(to));
  const [fault, setFault] = useState('');
  const submit = (event: Event): void => {
    event.preventDefault();
    const [start, end] = [new Date(first), new Date(last)];
    if (Number.isNaN(start.getTime())) return setFault('Choose the first moment.');
    if (last !== '' && end <= start) return setFault('The end must be after the beginning.');
    return onPick(start.toISOString(), last === '' ? '' : end.toISOString());
  };
  return (
    <form class="custom-range" onSubmit={submit}>
      <label class="field">
        From
        <input
          type="datetime-local"
          value={first}
          onInput={({ currentTarget }) => setFirst(currentTarget.value)}
        />
      </label>
      <label class="field">
        To (not included)
        <input
          type="datetime-local"
          value={last}
          onInput={({ currentTarget }) => setLast(currentTarget.value)}
        />
      </label>
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

/** Returns the text of a time for an input, by the clock here, or an empty text. */
function localText(text: string): string {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) return '';
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

function rangeLabel(from: string, to: string): string {
  const quick = quickRanges.find(([start]) => start === from);
  if (to === '' && quick !== undefined) return quick[1];
  const part = (text: string): string => {
    const moment = Date.parse(text);
    return Number.isNaN(moment) ? text : formatMinute(moment);
  };
  return to === '' ? `Since ${part(from)}` : `${part(from)} – ${part(to)}`;
}
