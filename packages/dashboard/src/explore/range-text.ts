import { formatMinute } from '../shared/time-format.ts';
import { quickRanges } from './time-range.ts';

/** Converts a time (RFC 3339) to the text of a `datetime-local` input: local time, without milliseconds. Empty if the text is not a time. */
export function toInputText(text: string): string {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) return '';
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19);
}

/**
 * Converts the text of a `datetime-local` input to a time (RFC 3339). Empty if the text is not a time. If the input was not changed, returns
 * `before`: the input has no milliseconds, and when clocks are set back, its text may stand for two times.
 */
export function fromInputText(input: string, before: string): string {
  if (input !== '' && new Date(input).getTime() === new Date(toInputText(before)).getTime()) return before;
  const date = new Date(input);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString();
}

const unitNames: Readonly<Record<string, string>> = {
  s: 'second',
  m: 'minute',
  h: 'hour',
  d: 'day',
  w: 'week',
};

/** Returns a label for a time range of the URL, such as "Last 24 hours". */
export function rangeLabel(from: string, to: string): string {
  if (to === '') return quickRanges.find(([start]) => start === from)?.[1] ?? relativeLabel(from);
  return `${momentLabel(from)} – ${momentLabel(to)}`;
}

function relativeLabel(from: string): string {
  const [, amount, unit = ''] = /^-(\d+)([smhdw])$/.exec(from) ?? [];
  if (amount === undefined) return `Since ${momentLabel(from)}`;
  return `Last ${amount} ${unitNames[unit] ?? ''}${amount === '1' ? '' : 's'}`;
}

const momentLabel = (text: string): string => {
  const moment = Date.parse(text);
  return Number.isNaN(moment) ? text : formatMinute(moment);
};
